import{a as e,b as r}from"./chunk-W2REJJP3.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{e as PacketModule,r as createPacketServices};

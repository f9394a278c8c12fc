import{a as e,b as r}from"./chunk-ITQXB6AD.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{e as RailroadPegModule,r as createRailroadPegServices};

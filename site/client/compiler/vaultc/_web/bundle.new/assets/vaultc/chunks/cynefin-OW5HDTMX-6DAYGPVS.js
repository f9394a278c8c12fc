import{a as e,b as r}from"./chunk-OITSMTQA.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{e as CynefinModule,r as createCynefinServices};

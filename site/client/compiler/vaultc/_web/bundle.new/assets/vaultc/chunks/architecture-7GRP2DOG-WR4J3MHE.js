import{a as e,b as r}from"./chunk-L555IGF7.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{e as ArchitectureModule,r as createArchitectureServices};

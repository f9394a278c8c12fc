import{a as e,b as r}from"./chunk-PQ6FROJI.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{e as TreemapModule,r as createTreemapServices};

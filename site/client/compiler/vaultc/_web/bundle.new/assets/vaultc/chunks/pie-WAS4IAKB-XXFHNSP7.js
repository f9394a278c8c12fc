import{a as e,b as r}from"./chunk-BAF7ZGRF.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{e as PieModule,r as createPieServices};

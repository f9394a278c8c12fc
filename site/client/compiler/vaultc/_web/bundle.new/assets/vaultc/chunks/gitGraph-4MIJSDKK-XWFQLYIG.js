import{a as r,b as e}from"./chunk-COIHDRVA.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{r as GitGraphModule,e as createGitGraphServices};

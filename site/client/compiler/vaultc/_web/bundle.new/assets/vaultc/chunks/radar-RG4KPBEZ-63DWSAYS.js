import{a as r,b as e}from"./chunk-U3NFKVGZ.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{r as RadarModule,e as createRadarServices};

import{a as r,b as o}from"./chunk-SZDFKH2A.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{r as RailroadAbnfModule,o as createRailroadAbnfServices};

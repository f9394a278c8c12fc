import{a as r,b as o}from"./chunk-35JADD5X.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{r as RailroadModule,o as createRailroadServices};

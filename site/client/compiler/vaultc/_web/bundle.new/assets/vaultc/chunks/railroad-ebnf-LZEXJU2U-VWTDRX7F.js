import{a as r,b as o}from"./chunk-M7VBR5K3.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{r as RailroadEbnfModule,o as createRailroadEbnfServices};

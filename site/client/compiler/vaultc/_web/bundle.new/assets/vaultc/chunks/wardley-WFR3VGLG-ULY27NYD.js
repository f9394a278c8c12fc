import{a as e,b as r}from"./chunk-2WCXLVGM.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{e as WardleyModule,r as createWardleyServices};

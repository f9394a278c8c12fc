import{a as e,b as o}from"./chunk-2PPLC5NE.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{e as EventModelingModule,o as createEventModelingServices};

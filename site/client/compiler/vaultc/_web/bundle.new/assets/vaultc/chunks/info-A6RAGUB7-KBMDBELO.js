import{a as o,b as e}from"./chunk-NTHIXMIH.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{o as InfoModule,e as createInfoServices};

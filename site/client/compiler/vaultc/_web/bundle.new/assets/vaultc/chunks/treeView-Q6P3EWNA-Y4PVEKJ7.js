import{a as e,b as r}from"./chunk-URIQ3D3O.js";import"./chunk-QJN2KBYF.js";import"./chunk-6DHFEWGX.js";export{e as TreeViewModule,r as createTreeViewServices};

import{a as o,b as e}from"./chunk-ZZIANJ7R.js";import"./chunk-JRAHLUQM.js";import"./chunk-NBH7YOBD.js";import"./chunk-DYBKMWGW.js";import"./chunk-YONMUOX6.js";import"./chunk-2GMKKDEN.js";import"./chunk-DLZSIEA6.js";import"./chunk-CWUOIJ6W.js";import"./chunk-XMSNLU76.js";import"./chunk-YVCE2FM3.js";import"./chunk-FE2WZUSV.js";import"./chunk-YORIST7Z.js";import"./chunk-QBDBOBCN.js";import"./chunk-5LFEOA2L.js";import"./chunk-YCKDJACB.js";import"./chunk-YZGXSN42.js";import"./chunk-GJXAVBAU.js";import"./chunk-Z4SZJ6ZB.js";import"./chunk-U4TCDUJR.js";import{a as r}from"./chunk-EIBFAW37.js";import"./chunk-6DHFEWGX.js";var m=r(t=>`${o(t)}
  .swimlane.cluster rect {
    stroke: ${t.clusterBorder} !important;
  }
  [data-look="neo"].cluster rect {
    filter: none;
  }
`,"getStyles"),i=m,B=e({defaultLayout:"swimlane",styles:i});export{B as diagram};

-- Reads a list of HTML fragments (JSON): one division for each. No fragment makes pandoc read a file.
function Reader(sources)
  local divisions = pandoc.List()
  for _, fragment in ipairs(pandoc.json.decode(tostring(sources), false)) do
    divisions:insert(pandoc.Div(pandoc.read(fragment, "html-auto_identifiers-native_divs-native_spans", nil, {}).blocks))
  end
  return pandoc.Pandoc(divisions)
end

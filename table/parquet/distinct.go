package parquet

// Dictionary is the number of values in the dictionary of column c in row group
// g: a lower bound of how many distinct values it holds, and their exact number
// as long as the writer did not give up on the dictionary. It is 0 for columns
// without one. Only the dictionary's page is read.
func (f *File) Dictionary(g int, c Column) (n int, err error) {
	node := f.find(c)
	if node == nil || node.leaf < 0 || node.err != nil {
		return 0, nil
	}
	m := &f.chunk(g, node.leaf).meta.MetaData
	if m.DictionaryPageOffset <= 0 || m.DictionaryPageOffset >= m.DataPageOffset {
		return 0, nil
	}
	pages := chunkPages{src: f.src, next: m.DictionaryPageOffset, end: m.DataPageOffset}
	var h pageHeader
	if _, err := pages.page(&h); err != nil {
		return 0, f.wrapEOF(err)
	}
	return h.values, nil
}

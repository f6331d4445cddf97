package parquet

// fullDictionary is near the size at which most writers give up a dictionary.
const fullDictionary = 1000 << 10

// Dictionary is the number of values in the dictionary of column c in row group
// g: a lower bound of how many distinct values it holds, and their exact number
// as long as the writer did not give up on the dictionary, which full tells of
// one so large that it may have. It is 0 for columns without one. Only the
// dictionary's page is read.
func (f *File) Dictionary(g int, c Column) (n int, full bool, err error) {
	node := f.find(c)
	if node == nil || node.leaf < 0 || node.err != nil {
		return 0, false, nil
	}
	m := &f.chunk(g, node.leaf).meta.MetaData
	if m.DictionaryPageOffset <= 0 || m.DictionaryPageOffset >= m.DataPageOffset {
		return 0, false, nil
	}
	pages := chunkPages{src: f.src, next: m.DictionaryPageOffset, end: m.DataPageOffset}
	var h pageHeader
	if _, err := pages.page(&h); err != nil {
		return 0, false, f.wrapEOF(err)
	}
	return h.values, h.size >= fullDictionary, nil
}

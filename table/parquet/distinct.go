package parquet

// fullDictionary is near the size at which most writers give up a dictionary.
const fullDictionary = 1000 << 10

// Dictionary is the number of values in the dictionary of column c in row group g,
// and of about how many rows they are the distinct values: fewer than the group's
// if the writer gave up on the dictionary. Where the footer does not tell, a
// dictionary so large that it may have been given up counts as that of n rows. n is
// 0 for columns without one. Only the dictionary's page is read.
func (f *File) Dictionary(g int, c Column) (n int, rows float64, err error) {
	node := f.find(c)
	if node == nil || node.leaf < 0 || node.err != nil {
		return 0, 0, nil
	}
	m := f.chunk(g, node.leaf).meta
	if m.dictionaryPage <= 0 || m.dictionaryPage >= m.dataPage {
		return 0, 0, nil
	}
	pages := chunkPages{src: f.src, next: m.dictionaryPage, end: m.dataPage}
	var h pageHeader
	if _, err := pages.page(&h); err != nil {
		return 0, 0, f.wrapEOF(err)
	}
	rows = float64(f.RowGroupRows(g))
	switch {
	case m.codedPages+m.plainPages > 0:
		rows *= float64(m.codedPages) / float64(m.codedPages+m.plainPages)
	case h.size >= fullDictionary:
		rows = float64(h.values)
	}
	return h.values, rows, nil
}

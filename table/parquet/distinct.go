package parquet

// Dictionary is the number of values in the dictionary of column c in row group
// g: a lower bound of how many distinct values it holds, and their exact number
// as long as the writer did not give up on the dictionary. It is 0 for columns
// without one. The dictionary page and the first data page are read.
func (f *File) Dictionary(g int, c Column) (n int, err error) {
	defer f.recoverCorrupt(&err)
	node := f.find(c)
	if node == nil || node.leaf < 0 || node.err != nil {
		return 0, nil
	}
	pages := f.file.RowGroups()[g].ColumnChunks()[node.leaf].Pages()
	defer pages.Close()
	p, err := pages.ReadPage()
	if err != nil {
		return 0, f.wrapEOF(err)
	}
	if d := p.Dictionary(); d != nil {
		return d.Len(), nil
	}
	return 0, nil
}

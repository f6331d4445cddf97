package syntax

// MergePartitions is MERGE [IF EXISTS] PARTITION (…), … OVERWRITE PARTITION (…)
// [PURGE]: the rows of all become those of one, and the others go.
type MergePartitions struct {
	actionNode
	IfExists bool
	From     []*PartitionSpec
	Into     *PartitionSpec
	Purge    bool
}

// ExchangePartition is EXCHANGE PARTITION (…) WITH TABLE t: the partition and
// the table's partition of the same values change places.
type ExchangePartition struct {
	actionNode
	Partition *PartitionSpec
	With      Name
}

// Compact is MERGE SMALLFILES or COMPACT MAJOR|MINOR, of a table or of the
// statement's Partition.
type Compact struct {
	actionNode
	Kind string // SMALLFILES, MAJOR or MINOR
}

// SetLocation is SET LOCATION 'path'.
type SetLocation struct {
	actionNode
	Location string
}

func (p *parser) atCompact() bool { return p.at("COMPACT") || p.atSeq("MERGE", "SMALLFILES") }

func (p *parser) compact(at actionNode) AlterAction {
	if p.accept("MERGE", "SMALLFILES") {
		return &Compact{at, "SMALLFILES"}
	}
	p.expect("COMPACT")
	if !p.at("MAJOR", "MINOR") {
		p.unexpected("MAJOR or MINOR")
		return &Compact{at, ""}
	}
	return &Compact{at, p.next().word()}
}

func (p *parser) mergePartitions(at actionNode) AlterAction {
	n := &MergePartitions{actionNode: at, IfExists: p.ifExists()}
	n.From = p.partitions()
	p.expect("OVERWRITE")
	n.Into = p.constantPartition()
	n.Purge = p.accept("PURGE")
	return n
}

func (n *MergePartitions) each(visit func(Node)) {
	visitAll(visit, n.From)
	visit(n.Into)
}

func (n *MergePartitions) print(p *printer) {
	p.word("MERGE")
	p.wordIf(n.IfExists, "IF EXISTS")
	printList(p, n.From)
	p.word("OVERWRITE")
	n.Into.print(p)
	p.wordIf(n.Purge, "PURGE")
}

func (n *ExchangePartition) each(visit func(Node)) { visit(n.Partition) }

func (n *ExchangePartition) print(p *printer) {
	p.word("EXCHANGE")
	n.Partition.print(p)
	p.word("WITH TABLE")
	p.name(n.With)
}

func (n *Compact) each(func(Node)) {}

func (n *Compact) print(p *printer) {
	if n.Kind == "SMALLFILES" {
		p.word("MERGE SMALLFILES")
		return
	}
	p.word("COMPACT " + n.Kind)
}

func (n *SetLocation) each(func(Node)) {}

func (n *SetLocation) print(p *printer) {
	p.word("SET LOCATION")
	p.str(n.Location)
}

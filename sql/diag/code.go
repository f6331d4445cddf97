package diag

import "strings"

// Code is the seven digits of an ODPS error code (MMCCCCX: module, condition,
// severity). The codes and their titles follow the public error list of the
// product whose clients we serve.
type Code string

// The codes bixi raises. Codes documents each one; docs/errors.md is made from it.
const (
	CodeInternal         Code = "0010000"
	CodeInvalidParameter Code = "0110021"
	CodeDDLFailed        Code = "0110061"
	CodeInvalidArgument  Code = "0121095"
	CodeBadRegexp        Code = "0121011"
	CodeOverflow         Code = "0121145"
	CodeImplicitCast     Code = "0121035"
	CodeDynamicPartition Code = "0123031"
	CodeCast             Code = "0123091"
	CodeKilled           Code = "0123105"
	CodeScript           Code = "0123055"
	CodeBadDatetime      Code = "0123111"
	CodeUserFunction     Code = "0123131"
	CodeSubquery         Code = "0130051"
	CodeSemantic         Code = "0130071"
	CodeTableNotFound    Code = "0130131"
	CodeFunctionMissing  Code = "0130081"
	CodeArgument         Code = "0130121"
	CodeParse            Code = "0130161"
	CodeWindow           Code = "0130181"
	CodeViewNotFound     Code = "0130201"
	CodeTableExists      Code = "0130211"
	CodeSetOperation     Code = "0130241"
	CodeCartesian        Code = "0130252"
	CodePartitionMissing Code = "0130271"
	CodeUnsupported      Code = "0130401"
	CodeMemory           Code = "0010010"
	CodeDiskFull         Code = "0010011"
	CodeTimeout          Code = "0010012"
	CodeFetch            Code = "0010020"
	CodeWorkerLost       Code = "0010021"
	CodeServer           Code = "0010022"
	CodeStorage          Code = "0010030"
	CodeCorruptFile      Code = "0010031"
	CodeConflict         Code = "0010032"
	CodeMRResource       Code = "0720041"
	CodeMRUser           Code = "0730005"
)

// Info documents one code. Example is a statement that raises it, executed by
// a test. For conditions that no statement brings about alone it is the name of
// the test that does, behind "test ".
type Info struct {
	Code    Code
	Class   Class
	Title   string
	Meaning string
	Example string
}

// Test is the name of the test that raises the code, or "" if a statement does.
func (i Info) Test() string {
	name, _ := strings.CutPrefix(i.Example, "test ")
	if name == i.Example {
		return ""
	}
	return name
}

// Codes lists every code, in ascending order.
func Codes() []Info { return infos }

var infos = []Info{
	{CodeInternal, Internal, "System internal error", "a bug in bixi; please report it with the job id", "test TestErrorsTravel"},
	{CodeMemory, Resource, "Out of memory", "an operator could not reserve the memory it needs; raise bixi.memory.limit", "test TestErr"},
	{CodeDiskFull, Resource, "Disk full", "a file could not be written because its device is full", "test TestFullDiskLeavesTableUnchanged"},
	{CodeTimeout, Resource, "Time limit exceeded", "the statement ran longer than its limit", "set bixi.statement.timeout=1us; select count(*) from (values (1)) a join (values (2)) b"},
	{CodeFetch, Transient, "Shuffle fetch failed", "the output of a task could not be read; the task is run again", "test TestDamagedAndMissingFile"},
	{CodeWorkerLost, Transient, "Worker lost", "a worker stopped answering; its tasks are run again elsewhere", "test TestTakeover"},
	{CodeServer, Transient, "Server unavailable", "the server at the endpoint does not answer", "test TestClientWithoutServer"},
	{CodeStorage, Transient, "Storage error", "a file could not be read or written", "test TestBrokenJournal"},
	{CodeCorruptFile, User, "Corrupt data file", "a data file is truncated or not in the format its table needs", "test TestScanOfTruncatedFile"},
	{CodeConflict, Transient, "Write conflict", "another writer committed to the same partitions first", "test TestConcurrentOverwrites"},
	{CodeInvalidParameter, User, "Invalid parameter", "a setting or option has no such name or value", "set bixi.no.such.setting=1"},
	{CodeDDLFailed, User, "DDL failed", "the definition cannot be carried out", "create table t (a bigint, a bigint)"},
	{CodeBadRegexp, User, "Invalid regular expression", "a pattern cannot be compiled", "select 'a' rlike '('"},
	{CodeImplicitCast, User, "Illegal implicit cast", "a value has no implicit conversion to the type that is needed", "create table cast_into (a bigint); insert into cast_into select array(1)"},
	{CodeInvalidArgument, User, "Invalid function argument", "a function refused the value of an argument", "select split_part('a', 'b', 0)"},
	{CodeOverflow, User, "Arithmetic overflow", "a result does not fit its type", "select 9223372036854775807 + 1"},
	{CodeDynamicPartition, User, "Dynamic partition error", "a dynamic partition value is NULL, empty or not allowed, or there are too many", "create table dynamic (a bigint) partitioned by (ds string); insert into dynamic partition (ds) select 1, cast(null as string)"},
	{CodeScript, User, "Script failed", "the program of SELECT TRANSFORM could not be run or ended with an error", "select transform(a) using 'false' from (select 1 as a) t"},
	{CodeCast, User, "Illegal cast", "a value cannot be converted to the type asked for", "select cast('abc' as bigint)"},
	{CodeKilled, User, "Job cancelled", "the job was cancelled by its user", "test TestCancelKillsTheProcess"},
	{CodeBadDatetime, User, "Bad datetime", "a text is not a date or time", "select date'2024-02-30'"},
	{CodeUserFunction, User, "User function failed", "a user's function or MapReduce program reported an error", "select failif(2 > 1, 'stop')"},
	{CodeSubquery, User, "Invalid subquery", "a subquery stands where it may not, or gave more rows than one", "select (select 1 union all select 2)"},
	{CodeSemantic, User, "Semantic analysis exception", "the statement is well formed but has no meaning, as when it names a column that is not there", "select no_such_column"},
	{CodeFunctionMissing, User, "Invalid function", "no function has this name", "select no_such_function(1)"},
	{CodeArgument, User, "Invalid argument type", "no overload of the function takes these arguments", "select length(1, 2)"},
	{CodeTableNotFound, User, "Table not found", "no table or view has this name", "select * from no_such_table"},
	{CodeParse, User, "Parse exception", "the text is not a statement of the language", "select from where"},
	{CodeWindow, User, "Invalid window function", "a window function stands where it may not, or its window has no meaning", "select 1 from (select 1 a) x where row_number() over (order by a) = 1"},
	{CodeViewNotFound, User, "View not found", "no view has this name", "drop view no_such_view"},
	{CodeTableExists, User, "Table already exists", "a table or view of this name exists", "create table twice (a bigint); create table twice (a bigint)"},
	{CodeSetOperation, User, "Invalid set operation", "the sides differ in their columns", "select 1 union all select 1, 2"},
	{CodeCartesian, User, "Cartesian product not allowed", "a join has no condition and odps.sql.allow.cartesian is false", "set odps.sql.allow.cartesian=false; select 1 from (select 1 a union all select 2) x join (select 2 b union all select 3) y"},
	{CodePartitionMissing, User, "Partition not found", "the table has no such partition", "create table parted (a bigint) partitioned by (ds string); alter table parted drop partition (ds='2024-01-01')"},
	{CodeUnsupported, User, "Not supported", "the feature is known but not part of this version", "grant select on table t to user u"},
	{CodeMRResource, User, "MapReduce resource missing", "a program or resource of the job is missing", "test TestProgramFiles"},
	{CodeMRUser, User, "MapReduce program failed", "the user's program reported an error", "test TestProgramErrors"},
}

func (c Code) info() *Info {
	for i := range infos {
		if infos[i].Code == c {
			return &infos[i]
		}
	}
	return nil
}

// Title is the general message that precedes the particular one.
func (c Code) Title() string {
	if i := c.info(); i != nil {
		return i.Title
	}
	return ""
}

// Class is the class errors of this code have.
func (c Code) Class() Class {
	if i := c.info(); i != nil {
		return i.Class
	}
	return Internal
}

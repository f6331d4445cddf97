package syntax

import "github.com/bixidata/bixi/sql/diag"

// foreign are features of the language that are not part of this version: by the
// words they follow, the word that shows them and what they are called.
var foreign = map[string]map[string]string{
	"CREATE": {"INDEX": "CREATE INDEX", "MACRO": "CREATE MACRO",
		"DATABASE": "CREATE DATABASE", "ROLE": "CREATE ROLE", "PACKAGE": "CREATE PACKAGE", "RESOURCE": "CREATE RESOURCE"},
	"DROP": {"INDEX": "DROP INDEX", "MACRO": "DROP MACRO", "DATABASE": "DROP DATABASE", "ROLE": "DROP ROLE",
		"PACKAGE": "DROP PACKAGE", "RESOURCE": "DROP RESOURCE"},
	"SHOW": {"CHANGELOGS": "SHOW CHANGELOGS", "LABEL": "permissions", "GRANTS": "permissions", "ACL": "permissions",
		"SECURITYCONFIGURATION": "permissions", "PACKAGES": "SHOW PACKAGES", "VARIABLES": "SHOW VARIABLES"},
	"DESC":        {"INSTANCE": "DESC INSTANCE", "ROLE": "permissions", "PROJECT": "DESC PROJECT", "PACKAGE": "DESC PACKAGE"},
	"ALTER TABLE": {"ARCHIVE": "ALTER TABLE … ARCHIVE", "RESTORE": "ALTER TABLE … RESTORE", "FREEZE": "ALTER TABLE … FREEZE", "PARTITIONED": "ALTER TABLE … PARTITIONED"},
	"LIST":        {"USERS": "permissions", "ROLES": "permissions", "RESOURCES": "resources", "JOBS": "LIST JOBS"},
	"SET":         {"PARTITIONPROPERTIES": "SET PARTITIONPROPERTIES", "SERDEPROPERTIES": "SET SERDEPROPERTIES"},
}

// refuse fails with CodeUnsupported if the next word shows, after what was read,
// a feature that is known but not part of this version.
func (p *parser) refuse(after string) {
	t := p.tok()
	if t.kind != tokWord {
		return
	}
	if feature, ok := foreign[after][upper(p.raw(t))]; ok {
		p.failAt(t.pos(), diag.CodeUnsupported, "%s", feature)
	}
}

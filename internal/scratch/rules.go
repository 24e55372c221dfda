package scratch

import (
	"slices"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// MaxStatement is the length of the longest statement, in bytes.
const MaxStatement = 100_000

// limits are those of D1's engine, see setupSecurity in src/workerd/util/sqlite.c++
// of https://github.com/cloudflare/workerd.
var limits = map[int]int{
	sqlite3.SQLITE_LIMIT_LENGTH:              4 << 20,
	sqlite3.SQLITE_LIMIT_SQL_LENGTH:          MaxStatement + len(explain),
	sqlite3.SQLITE_LIMIT_COLUMN:              100,
	sqlite3.SQLITE_LIMIT_EXPR_DEPTH:          100,
	sqlite3.SQLITE_LIMIT_COMPOUND_SELECT:     5,
	sqlite3.SQLITE_LIMIT_VDBE_OP:             25_000,
	sqlite3.SQLITE_LIMIT_FUNCTION_ARG:        127,
	sqlite3.SQLITE_LIMIT_ATTACHED:            0,
	sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 50,
	sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER:     100,
	sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH:       10,
}

// What D1's authorizer allows, same source.
var (
	modules = words(`fts5 fts5vocab rtree rtree_i32`)
	pragmas = words(`data_version page_size case_sensitive_like foreign_keys defer_foreign_keys
		ignore_check_constraints legacy_alter_table recursive_triggers reverse_unordered_selects
		foreign_key_check foreign_key_list index_info index_list index_xinfo quick_check optimize
		table_list table_info table_xinfo`)
	functions = words(`abs changes char coalesce concat concat_ws format glob hex ifnull iif instr
		last_insert_rowid length like likelihood likely ltrim lower max min nullif octet_length printf quote
		random randomblob replace round rtrim sign substr substring total_changes trim typeof unhex
		unicode unlikely upper zeroblob
		date time datetime julianday unixepoch strftime timediff current_date current_time current_timestamp
		avg count group_concat string_agg sum total
		row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
		acos acosh asin asinh atan atan2 atanh ceil cos cosh degrees exp floor ln log log2 mod pi pow
		radians sin sinh sqrt tan tanh trunc
		json jsonb json_array jsonb_array json_array_length json_extract jsonb_extract -> ->> json_insert
		jsonb_insert json_object jsonb_object json_patch jsonb_patch json_remove jsonb_remove json_replace
		jsonb_replace json_set jsonb_set json_type json_valid json_quote json_group_array jsonb_group_array
		json_group_object jsonb_group_object json_each json_tree jsonb_each jsonb_tree
		match highlight bm25 snippet rtreecheck
		sqlite_rename_column sqlite_rename_table sqlite_rename_test sqlite_rename_quotefix sqlite_drop_column`)
)

func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// never are the actions that D1 denies whatever they are on.
var never = map[sqlite.AuthorizerActionCode]string{
	sqlite.AuthAttach: "ATTACH", sqlite.AuthDetach: "DETACH",
	sqlite.AuthTransaction: "a transaction of its own", sqlite.AuthSavepoint: "SAVEPOINT",
	sqlite.AuthCreateTempTable: "TEMP", sqlite.AuthCreateTempIndex: "TEMP",
	sqlite.AuthCreateTempTrigger: "TEMP", sqlite.AuthCreateTempView: "TEMP",
	sqlite.AuthDropTempTable: "TEMP", sqlite.AuthDropTempIndex: "TEMP",
	sqlite.AuthDropTempTrigger: "TEMP", sqlite.AuthDropTempView: "TEMP",
}

// authorize is asked by SQLite about everything it compiles.
func (d *Database) authorize(action sqlite.AuthorizerActionCode, one, two, _, within string) sqlite.AuthorizerReturnCode {
	if d.watch == nil { // our own question
		return sqlite.AuthorizerOK
	}
	if denied := denial(action, one, two); denied != "" {
		if !slices.Contains(d.watch.Denied, denied) {
			d.watch.Denied = append(d.watch.Denied, denied)
		}
		return sqlite.AuthorizerDeny
	}
	if action == sqlite.AuthAlterTable {
		one = two // after the database's name
	}
	d.watch.note(action, one)
	if within != "" { // a trigger or a view
		add(&d.watch.Triggers, within)
	}
	return sqlite.AuthorizerOK
}

// makes are the actions whose first word is the name of something new.
var makes = map[sqlite.AuthorizerActionCode]bool{
	sqlite.AuthCreateTable: true, sqlite.AuthCreateVTable: true, sqlite.AuthCreateIndex: true,
	sqlite.AuthCreateView: true, sqlite.AuthCreateTrigger: true,
}

// reserved tells the names that D1 keeps for itself.
func reserved(name string) bool { return strings.HasPrefix(Fold(name), "_cf_") }

// denial names what D1 does not allow, empty for what it does.
func denial(action sqlite.AuthorizerActionCode, one, two string) string {
	if what := never[action]; what != "" {
		return what
	}
	switch {
	case action == sqlite.AuthPragma && !pragmas[Fold(one)]:
		return "PRAGMA " + one
	case action == sqlite.AuthFunction && !functions[Fold(two)]:
		return "function " + two
	case action == sqlite.AuthCreateVTable && !modules[Fold(two)]:
		return "module " + two
	case makes[action] && reserved(one):
		return "the name " + one
	default:
		return ""
	}
}

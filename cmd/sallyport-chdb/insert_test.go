package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitInsert(t *testing.T) {
	tests := map[string]struct {
		sql  string
		want *insertion
	}{
		"format":                  {"INSERT INTO a.b FORMAT TSV\n1;\n2", &insertion{"INSERT INTO a.b ", "", "TSV", "1;\n2"}},
		"columns":                 {"insert into t (format, `values`) format Native\n\n\x01", &insertion{"insert into t (format, `values`) ", "", "Native", "\n\x01"}},
		"settings":                {"INSERT INTO t SETTINGS a = 'format x' FORMAT CSV \r\n 1", &insertion{"INSERT INTO t ", "SETTINGS a = 'format x' ", "CSV", " 1"}},
		"values":                  {"INSERT INTO t VALUES (1, ';'), (2)", &insertion{"INSERT INTO t ", "", "Values", " (1, ';'), (2)"}},
		"a table called values":   {"INSERT INTO TABLE values.format VALUES (1)", &insertion{"INSERT INTO TABLE values.format ", "", "Values", " (1)"}},
		"a quoted table":          {"INSERT INTO `a b`.\"format\" FORMAT TSV\n1", &insertion{"INSERT INTO `a b`.\"format\" ", "", "TSV", "1"}},
		"comments":                {"/* x */ -- y\nINSERT INTO t /* FORMAT TSV */ FORMAT CSV\n1", &insertion{"/* x */ -- y\nINSERT INTO t /* FORMAT TSV */ ", "", "CSV", "1"}},
		"data in the same line":   {"INSERT INTO t FORMAT TSV 1\n", &insertion{"INSERT INTO t ", "", "TSV", "1\n"}},
		"select":                  {"INSERT INTO t SELECT 1 FORMAT TSV", nil},
		"with":                    {"INSERT INTO t WITH 1 AS x SELECT x", nil},
		"from a file":             {"INSERT INTO t FROM INFILE 'x' FORMAT TSV", nil},
		"no insert":               {"SELECT 'INSERT INTO t FORMAT TSV'", nil},
		"without data":            {"INSERT INTO t", nil},
		"an open quote":           {"INSERT INTO 't FORMAT TSV", nil},
		"an open parenthesis":     {"INSERT INTO t (a, (b FORMAT TSV", nil},
		"an escape at the end":    {`INSERT INTO t SETTINGS a='\`, nil},
		"an open comment":         {"INSERT INTO t /* FORMAT TSV", nil},
		"nothing":                 {"", nil},
		"a dot at the end":        {"INSERT INTO a.", nil},
		"only the format keyword": {"INSERT INTO t FORMAT", &insertion{"INSERT INTO t ", "", "", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := splitInsert(tt.sql)
			if ok != (tt.want != nil) {
				t.Fatalf("is an insert with data: %v", ok)
			}
			if tt.want == nil {
				return
			}
			if diff := cmp.Diff(*tt.want, got, cmp.AllowUnexported(insertion{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzSplitInsert: no statement loops or panics, and no data is lost.
func FuzzSplitInsert(f *testing.F) {
	for _, s := range []string{"INSERT INTO t FORMAT TSV\n1", "insert into `x` (a) settings b='c' values (1)", "INSERT INTO t (", "insert into \\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		got, ok := splitInsert(sql)
		if ok && (!strings.HasPrefix(sql, got.into+got.settings) || !strings.HasSuffix(sql, got.data)) {
			t.Errorf("%q became %+v", sql, got)
		}
	})
}

package pii

import "bytes"

// isFile reports the name of a file, which stands under "name" as those of
// persons do.
func isFile(value []byte) bool {
	dot := bytes.LastIndexByte(value, '.')
	if dot < 1 || bytes.IndexByte(value, ' ') >= 0 {
		return false
	}
	switch string(value[dot+1:]) {
	case "txt", "csv", "json", "pdf", "png", "jpg", "jpeg", "gif", "svg", "html", "htm", "xml", "yaml", "yml", "md", "log", "zip", "gz", "tar",
		"doc", "docx", "xls", "xlsx", "ppt", "pptx", "eml", "go", "py", "js", "ts", "java", "sh", "sql", "toml":
		return true
	}
	return false
}

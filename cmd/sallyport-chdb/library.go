package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// library is the part of chDB's C interface that is used. The project's own Go
// binding is not, because it ends the process in an init function when the
// library is absent, and cannot pass a query that holds a zero byte.
type library struct {
	connect     func(argc int, argv unsafe.Pointer) unsafe.Pointer
	disconnect  func(conn unsafe.Pointer)
	query       func(conn, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, count uintptr) unsafe.Pointer
	free        func(result unsafe.Pointer)
	buffer      func(result unsafe.Pointer) unsafe.Pointer
	length      func(result unsafe.Pointer) uintptr
	failure     func(result unsafe.Pointer) string
	setHandlers func(enabled int32)
}

// loadLibrary opens the shared library and takes away its handlers of crashes,
// which would hold a crashed process for minutes: it ends at once instead, and
// whoever supervises it starts it again.
func loadLibrary(path string) (*library, error) {
	if err := checkLibrary(path); err != nil {
		return nil, err
	}
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be loaded: run `make deps` to fetch the right one (%w)", path, err)
	}
	l := &library{}
	for name, function := range map[string]any{
		"chdb_connect": &l.connect, "chdb_close_conn": &l.disconnect, "chdb_query_with_params_n": &l.query,
		"chdb_destroy_query_result": &l.free, "chdb_result_buffer": &l.buffer, "chdb_result_length": &l.length,
		"chdb_result_error": &l.failure, "chdb_set_signal_handlers_enabled": &l.setHandlers,
	} {
		symbol, err := purego.Dlsym(handle, name)
		if err != nil {
			return nil, fmt.Errorf("%s has no %s: run `make deps` to fetch the right one", path, name)
		}
		purego.RegisterFunc(function, symbol)
	}
	l.setHandlers(0)
	return l, nil
}

func checkLibrary(path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("the engine's library is missing: run `make deps`, or name libchdb.so with --lib or CHDB_LIB_PATH (%w)", err)
	}
	return nil
}

// connection is one session of the engine, for one goroutine.
type connection struct {
	lib    *library
	handle unsafe.Pointer // chdb_connection *
}

// open connects to the database in dir, opening it for the first connection.
func (l *library) open(dir string) (*connection, error) {
	program, path := append([]byte("clickhouse"), 0), append([]byte("--path="+dir), 0)
	argv := []*byte{&program[0], &path[0], nil}
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(&program[0])
	pin.Pin(&path[0])
	handle := l.connect(len(argv)-1, unsafe.Pointer(&argv[0]))
	if handle == nil {
		return nil, fmt.Errorf("the database in %s cannot be opened", dir)
	}
	return &connection{lib: l, handle: handle}, nil
}

func (c *connection) close() { c.lib.disconnect(c.handle) }

// parameter is one named value of a query.
type parameter struct{ name, value string }

// query runs one statement and returns what it prints in format. The error is
// the engine's own text.
func (c *connection) query(sql, format string, parameters ...parameter) ([]byte, error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	names, nameLens, values, valueLens := pinned(&pin, parameters)
	pin.Pin(unsafe.StringData(sql))
	pin.Pin(unsafe.StringData(format))
	result := c.lib.query(*(*unsafe.Pointer)(c.handle),
		unsafe.Pointer(unsafe.StringData(sql)), uintptr(len(sql)), unsafe.Pointer(unsafe.StringData(format)), uintptr(len(format)),
		pointer(names), pointer(nameLens), pointer(values), pointer(valueLens), uintptr(len(parameters)))
	if result == nil {
		return nil, errors.New("Code: 49. DB::Exception: the engine gave no answer. (LOGICAL_ERROR)") //nolint:staticcheck // written like the engine's own errors
	}
	defer c.lib.free(result)
	if failure := c.lib.failure(result); failure != "" {
		return nil, errors.New(failure)
	}
	n := c.lib.length(result)
	if n == 0 {
		return nil, nil
	}
	out := make([]byte, n)
	copy(out, unsafe.Slice((*byte)(c.lib.buffer(result)), n))
	return out, nil
}

// pinned lays parameters out as the four arrays the library takes.
func pinned(pin *runtime.Pinner, parameters []parameter) (names []*byte, nameLens []uintptr, values []*byte, valueLens []uintptr) {
	add := func(texts []*byte, lens []uintptr, s string) ([]*byte, []uintptr) {
		b := append([]byte(s), 0)
		pin.Pin(&b[0])
		return append(texts, &b[0]), append(lens, uintptr(len(s)))
	}
	for _, p := range parameters {
		names, nameLens = add(names, nameLens, p.name)
		values, valueLens = add(values, valueLens, p.value)
	}
	return names, nameLens, values, valueLens
}

func pointer[T any](s []T) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(s)) }

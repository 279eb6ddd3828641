package rig

import (
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Process is a service that runs alone, beside the rig, so that it can be
// killed as a crash would.
type Process struct {
	tb      testing.TB
	rig     *Rig
	program string
	args    []string
	command *exec.Cmd
}

// Alone starts a service named in Options.External on the rig's data.
func (r *Rig) Alone(tb testing.TB, service string) *Process {
	tb.Helper()
	return r.run(tb, Built(tb, "sallyport"), service, "--desk-address", r.Addresses().Desk, "--desk-pages", r.Addresses().DeskPages)
}

// run starts a command on the rig's data and tenants; it is killed with the test.
func (r *Rig) run(tb testing.TB, program string, args ...string) *Process {
	tb.Helper()
	p := &Process{tb: tb, rig: r, program: program, args: append(args, "--log", "info", "--data", r.Data, "--tenants", r.Tenants)}
	p.Start()
	tb.Cleanup(p.Kill)
	return p
}

// Start starts the process; it may have been killed before.
func (p *Process) Start() {
	p.tb.Helper()
	p.command = exec.Command(p.program, p.args...)
	p.command.Stdout, p.command.Stderr = p.rig.Log, p.rig.Log
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.command.Start(); err != nil {
		p.tb.Fatal(err)
	}
}

// Kill is kill -9.
func (p *Process) Kill() {
	if p.command.Process == nil || p.command.ProcessState != nil {
		return
	}
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

// FullDisk has no file of the process take another byte, until it is called with
// false.
func (p *Process) FullDisk(full bool) {
	p.tb.Helper()
	var limit unix.Rlimit
	err := unix.Prlimit(p.command.Process.Pid, unix.RLIMIT_FSIZE, nil, &limit)
	if err == nil {
		limit.Cur = limit.Max
		if full {
			limit.Cur = 0
		}
		err = unix.Prlimit(p.command.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil)
	}
	if err != nil {
		p.tb.Fatal(err)
	}
}

package rig

import (
	"os/exec"
	"syscall"
	"testing"
)

// Process is a service that runs alone, beside the rig, so that it can be
// killed as a crash would.
type Process struct {
	tb      testing.TB
	rig     *Rig
	service string
	command *exec.Cmd
}

// Alone starts a service named in Options.External on the rig's data.
func (r *Rig) Alone(tb testing.TB, service string) *Process {
	tb.Helper()
	p := &Process{tb: tb, rig: r, service: service}
	p.Start()
	tb.Cleanup(p.Kill)
	return p
}

// Start starts the process; it may have been killed before.
func (p *Process) Start() {
	p.tb.Helper()
	p.command = exec.Command(Built(p.tb, "sallyport"), p.service, "--log", "info",
		"--data", p.rig.Data, "--tenants", p.rig.Tenants, "--desk-address", p.rig.Addresses().Desk, "--desk-pages", p.rig.Addresses().DeskPages)
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

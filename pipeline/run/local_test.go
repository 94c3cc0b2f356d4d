package run

import "testing"

// A task that waits for a disk lets one other begin, and goes on only when that has ended or waits in its turn.
func TestTurns(t *testing.T) {
	turn := make(turns, 1)
	done := turn.take()
	back := turn.leave()
	other := turn.take()
	returned := make(chan bool)
	go func() {
		back()
		close(returned)
	}()
	select {
	case <-returned:
		t.Fatal("two tasks have the one turn")
	default:
	}
	if len(turn) != 1 {
		t.Fatalf("%d tasks have turns, want 1", len(turn))
	}
	other()
	<-returned
	done()
	if len(turn) != 0 {
		t.Errorf("%d turns were not ended", len(turn))
	}
}

package server

import (
	"context"
	"io"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
)

func (s *statement) Progress() Progress {
	s.mu.Lock()
	h := s.mu.handle
	p := Progress{Phase: s.mu.phase, Elapsed: s.engine.cfg.Clock().Sub(s.started)}
	labels, inputs := s.mu.labels, s.mu.inputs
	s.mu.Unlock()
	if h == nil {
		return p
	}
	view, err := h.Progress()
	if err != nil {
		return p
	}
	for i, st := range view.Stages {
		p.Stages = append(p.Stages, StageProgress{Label: labels[i], Inputs: inputs[i], Total: st.Total, Running: st.Running, Done: st.Done, Rows: st.Rows})
	}
	return p
}

func (s *statement) Cancel() {
	s.mu.Lock()
	s.mu.cancelled = true
	s.mu.Unlock()
	s.cancel()
}

func (s *statement) Wait(ctx context.Context) (Outcome, error) {
	select {
	case <-s.done:
		return s.outcome, s.err
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
}

func (s *statement) Schema(ctx context.Context) (types.Schema, error) {
	_, err := s.Wait(ctx)
	return s.schema, err
}

func (s *statement) Next(ctx context.Context) (*batch.Batch, error) {
	if _, err := s.Wait(ctx); err != nil {
		return nil, err
	}
	if s.reader != nil {
		return s.reader.next(ctx)
	}
	if len(s.small) == 0 {
		return nil, io.EOF
	}
	b := s.small[0]
	s.small = s.small[1:]
	return b, nil
}

func (s *statement) Close() error {
	s.cancel()
	<-s.done
	var err error
	if s.reader != nil {
		err = s.reader.close()
	}
	s.release()
	s.removeTemporary()
	return err
}

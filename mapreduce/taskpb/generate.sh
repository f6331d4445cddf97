#!/bin/sh
# Writes task.pb.go and task_grpc.pb.go anew. The compiler comes from PyPI into
# .venv at the root of the repository, the plugins from the tool lines of go.mod.
# An argument names another folder to write to.
set -eu
cd "$(dirname "$0")"
root=../..
out=${1:-.}
if [ ! -x "$root/.venv/bin/python" ]; then python3 -m venv "$root/.venv"; fi
"$root/.venv/bin/python" -c 'import grpc_tools' 2>/dev/null ||
	"$root/.venv/bin/pip" install --quiet grpcio-tools==1.85.1
plugins=$(mktemp -d)
trap 'rm -rf "$plugins"' EXIT
go build -o "$plugins/" google.golang.org/protobuf/cmd/protoc-gen-go \
	google.golang.org/grpc/cmd/protoc-gen-go-grpc
PATH="$plugins:$PATH" "$root/.venv/bin/python" -m grpc_tools.protoc -I. \
	--go_out="$out" --go_opt=paths=source_relative \
	--go-grpc_out="$out" --go-grpc_opt=paths=source_relative task.proto

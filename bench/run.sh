#!/usr/bin/env bash
# Prints a table of forward passes on this machine's GPU and processor: ours, onnxruntime's
# WebGPU and CPU backends, onnxruntime-web on Dawn. Needs no network. What cannot be had says
# why. SECONDS_A_ROW=5, RUNS=3.
#
# Not tried on a GPU yet.
set -u
cd "$(dirname "$0")"
seconds=${SECONDS_A_ROW:-5}
runs=${RUNS:-3}
cores=$(nproc)

[ -d node_modules ] || { mkdir node_modules && tar -xzf dawn.tar.gz -C node_modules; }
# peer.js and timing.js are modules.
[ -f package.json ] || echo '{"type": "module"}' >package.json
python3 -m pip install -q --no-index --no-deps --no-compile --target site wheels/*.whl >pip.log 2>&1
export PYTHONPATH=$PWD/site
chmod +x forward

# name, then the command: one line of JSON a run, and its reason where there is none.
row() {
  local name=$1
  shift
  for _ in $(seq "$runs"); do
    local said
    said=$(timeout 120 "$@" 2>row.log | tail -n 1)
    [ -n "$said" ] || said="not had: $(grep -v '^ *$' row.log | tail -n 1 | cut -c 1-200)"
    [ "$said" != "not had: " ] || said="not had: nothing within 120 s"
    printf '| %s | %s |\n' "$name" "$said"
    # Once is enough.
    case $said in *'not had'* | *'"error"'*) return ;; esac
  done
}

ours() { row "$1" ./forward --weights mmis-net.safetensors --input input.f32 --seconds "$seconds" "${@:2}"; }
python() { row "$1" python3 native.py mmis-net.onnx input.f32 --seconds "$seconds" "${@:2}"; }
dawn() { row "$1" node dawn.mjs "$2"; }

(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader || lspci | grep -i vga) 2>/dev/null
grep -m 1 'model name' /proc/cpuinfo
echo "| row | JSON of a run |"
echo "|---|---|"
ours "ours, GPU" --device gpu
ours "ours, processor, 1 thread" --threads 1
ours "ours, processor, $cores threads" --threads "$cores"
for batch in 1 8; do
  python "onnxruntime, WebGPU, batch $batch" --provider webgpu --batch "$batch"
done
python "onnxruntime, processor, 1 thread" --threads 1
python "onnxruntime, processor, $cores threads" --threads "$cores"
python "onnxruntime, processor, $cores sessions" --threads "$cores" --apart
for layout in NHWC NCHW; do
  for capture in false true; do
    for batch in 1 8; do
      dawn "onnxruntime-web on Dawn, $layout, capture $capture, batch $batch" \
        "{\"layout\": \"$layout\", \"capture\": $capture, \"batch\": $batch, \"seconds\": $seconds}"
    done
  done
done

#!/bin/sh
# Continue the reference data: run.sh [start [LANES [SYSTEM...]]] | status | select SYSTEM N [CANDIDATES] | draw SYSTEM ROLE N [START] | rounds SYSTEM | md-ml [sio2 | nacl | water | mapbi3] | harvest | check | stop | foreground [SYSTEM...]
# Everything runs at the lowest priority and may be killed at any moment: at most the configuration in work is lost.
# Work folder: $SPECTENSOR_WORK, default data/generate/work (not tracked). Python with pyscf for the molecules: $PYSCF_PYTHON.
cd "$(dirname "$0")" || exit 1
export SPECTENSOR_WORK="${SPECTENSOR_WORK:-$PWD/work}" OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
export MALLOC_TRIM_THRESHOLD_=8000000000 MALLOC_MMAP_THRESHOLD_=8000000000
mkdir -p "$SPECTENSOR_WORK"
PY="${PYTHON:-python3}"
if [ -z "$PYSCF_PYTHON" ] && [ -x "$SPECTENSOR_WORK/venv/bin/python" ]; then PYSCF_PYTHON="$SPECTENSOR_WORK/venv/bin/python"; fi
export PYSCF_PYTHON="${PYSCF_PYTHON:-$PY}"

need() {
    ok=0
    command -v pw.x > /dev/null && command -v ph.x > /dev/null && [ -f /usr/share/espresso/pseudo/O.pbe-rrkjus.UPF ] ||
        { echo "missing: Quantum ESPRESSO 6.7 and its pseudopotentials (apt-get install quantum-espresso quantum-espresso-data)"; ok=1; }
    case $(readlink -f "$(ldd "$(command -v pw.x)" 2> /dev/null | sed -n 's/.*libblas\.so\.3 => \([^ ]*\).*/\1/p')") in
    */libblas.so.3.*) echo "pw.x uses the reference BLAS, with which large cells take three times as long (apt-get install libopenblas0-pthread)" ;;
    esac
    command -v cc > /dev/null || echo "no C compiler: FFTW estimates its plans, which makes NaCl almost twice as slow"
    "$PY" -c 'import numpy' 2> /dev/null || { echo "missing: numpy for $PY"; ok=1; }
    "$PYSCF_PYTHON" -c 'import pyscf' 2> /dev/null ||
        echo "no pyscf: the molecules wait (python3 -m venv --system-site-packages $SPECTENSOR_WORK/venv && $SPECTENSOR_WORK/venv/bin/pip install pyscf==2.14.0)"
    return $ok
}

# Linux shares the processor among sessions before it looks at nice, hence a session of the lowest priority of its own.
LOWEST='{ echo 19 > /proc/self/autogroup; } 2> /dev/null; exec nice -n 19 "$@"'

case "${1:-start}" in
start)
    need || exit 1
    rm -f "$SPECTENSOR_WORK/STOP"
    lanes="${2:-1}"
    [ $# -gt 0 ] && shift
    [ $# -gt 0 ] && shift
    i=1
    while [ $i -le "$lanes" ]; do
        nohup setsid sh -c "$LOWEST" lane "$PY" work.py "$@" >> "$SPECTENSOR_WORK/lane$i.log" 2>&1 &
        echo "lane $i: pid $!, log $SPECTENSOR_WORK/lane$i.log"
        i=$((i + 1))
    done ;;
foreground) shift; need && rm -f "$SPECTENSOR_WORK/STOP" && exec nice -n 19 "$PY" work.py "$@" ;;
status) exec "$PY" status.py ;;
select) shift; exec nice -n 10 "$PY" choose.py "$@" ;;
draw) shift; exec nice -n 10 "$PY" draw.py "$@" ;;
rounds) shift; exec nice -n 10 "$PY" rounds.py "$@" ;;
md-ml) exec nice -n 19 node "${2:-sio2}-md-ml.mjs" ;;
harvest)
    nice -n 10 "$PY" harvest.py || exit 1
    if command -v node > /dev/null; then nice -n 10 node pictures.mjs; else echo "no node: the pictures are left as they are"; fi ;;
check) exec nice -n 10 "$PY" validate.py ;;
stop) touch "$SPECTENSOR_WORK/STOP"; echo "stops after the configurations in work; start removes the mark" ;;
*) sed -n 2,4p "$0"; exit 2 ;;
esac

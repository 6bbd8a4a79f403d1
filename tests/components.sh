#!/usr/bin/env bash
# Makes real components of more than a megabyte: JavaScript and Python with engines around them. Some
# import nothing: what these answer is compared by tests/tests/component_run.rs, tests/components.py and
# tests/bench. Usage: tests/components.sh [FOLDER]; what is already there is left alone.
set -euo pipefail

folder=${1:-$(dirname "$0")/../target/components}
mkdir -p "$folder/npm"
cd "$folder"
# So that npm installs here, not in a folder above.
[[ -e npm/package.json ]] || echo '{ "private": true }' > npm/package.json

if ! command -v npm > /dev/null; then
    echo 'SKIPPED: real components are not made: there is no npm'
    exit 0
fi
if ! [[ -d npm/node_modules/componentize-qjs && -d npm/node_modules/@bytecodealliance/componentize-js ]] &&
    ! (cd npm && npm install --silent --no-audit --no-fund componentize-qjs@0.4.5 @bytecodealliance/componentize-js@0.23.0); then
    echo 'SKIPPED: real components are not made: the npm packages cannot be had'
    exit 0
fi

cat > greet.wit << 'WIT'
package local:greet;
interface host { log: func(line: string); }
world plain { export greet: func(name: string) -> string; }
world shapes {
    import host;
    record point { x: s32, y: s32 }
    variant shape { dot(point), line(tuple<point, point>), none }
    flags style { bold, dashed }
    export area: func(s: shape, t: option<style>) -> result<f64, string>;
}
WIT
cat > plain.js << 'JS'
export function greet(name) { return `Hello, ${name}!`; }
JS
cat > shapes.js << 'JS'
import { log } from 'local:greet/host';
export function area(s, t) { log(JSON.stringify(s)); return 1.5; }
JS
cat > greeter.py << 'PY'
import wit_world


class WitWorld(wit_world.WitWorld):
    def greet(self, name: str) -> str:
        return f"Hello, {name}!"
PY
cat > starling.mjs << 'JS'
import { componentize } from './npm/node_modules/@bytecodealliance/componentize-js/src/componentize.js';
import { readFile, writeFile } from 'node:fs/promises';
const [out, ...disableFeatures] = process.argv.slice(2);
const made = await componentize(await readFile('plain.js', 'utf8'), { witPath: 'greet.wit', worldName: 'plain', disableFeatures });
await writeFile(out, made.component);
JS

qjs() {
    local out=$1 world=$2
    shift 2
    [[ -s $out ]] || npm/node_modules/.bin/componentize-qjs --wit greet.wit --js "$world.js" --world "$world" --output "$out" "$@"
}
starling() {
    [[ -s $1 ]] || node starling.mjs "$@"
}
python() {
    [[ -s $1 ]] && return
    if ! command -v "${PYTHON:-python3}" > /dev/null; then
        echo "SKIPPED: $1 is not made: there is no Python"
    elif ! [[ -d pip/componentize_py ]] &&
        ! "${PYTHON:-python3}" -m pip install --quiet --target pip componentize-py==0.25.1; then
        echo "SKIPPED: $1 is not made: componentize-py cannot be had"
    else
        PYTHONPATH=$PWD/pip pip/bin/componentize-py -d greet.wit -w plain componentize greeter -o "$@"
    fi
}

qjs async.wasm plain
qjs sync.wasm plain --sync
qjs stubbed.wasm plain --sync --stub-wasi
qjs small.wasm plain --opt-size
qjs shapes.wasm shapes --sync
starling starling.wasm
starling starling-pure.wasm random stdio clocks http fetch-event
python python.wasm --stub-wasi
ls -l ./*.wasm

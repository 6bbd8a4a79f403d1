#!/usr/bin/env bash
# Makes a corpus of components with foreign tools, on which tests/tests/component_validity.rs compares the
# validator with wasmparser: some fifty with engines around JavaScript and Python, or adapters around
# core modules, and more than a thousand that wit-component makes of the WIT packages of published crates
# and npm packages. Usage: tests/corpus.sh [FOLDER]; what is already there is left alone.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/../target/component-corpus}
mkdir -p "$folder"/{npm,real,dummies,source}
cd "$folder"

# The sources of crates with WIT packages in them; those that the lock file has are here already.
crate() {
    cargo metadata --format-version 1 --manifest-path "$here/../Cargo.toml" \
        --filter-platform "$(rustc -vV | sed -n 's/^host: //p')" |
        grep -o "\"manifest_path\":\"[^\"]*/$1-[0-9][^\"]*/Cargo.toml\"" | head -n 1 | cut -d '"' -f 4 | xargs -r dirname
}

# So that npm installs here, not in a folder above.
[[ -e npm/package.json ]] || echo '{ "private": true }' > npm/package.json
has_npm=1
if ! command -v npm > /dev/null; then
    echo 'SKIPPED: components of JavaScript are not made: there is no npm'
    has_npm=
elif ! [[ -d npm/node_modules/componentize-qjs && -d npm/node_modules/@bytecodealliance/componentize-js && -d npm/node_modules/@bytecodealliance/jco ]] &&
    ! (cd npm && npm install --silent --no-audit --no-fund componentize-qjs@0.4.5 @bytecodealliance/componentize-js@0.23.0 @bytecodealliance/jco@1.35.0); then
    echo 'SKIPPED: components of JavaScript are not made: the npm packages cannot be had'
    has_npm=
fi

# Worlds, and what exports them in JavaScript.
cat > source/made.wit << 'WIT'
package local:made@0.1.0;

interface log { line: func(text: string); lines: func(all: list<string>) -> u32; }
interface stock {
    resource item { constructor(name: string); name: func() -> string; weigh: static func(all: list<borrow<item>>) -> f64; }
    find: func(name: string) -> option<item>;
    variant fault { none, missing(string), broken(tuple<u32, string>) }
    sell: func(sold: item, price: f32) -> result<u64, fault>;
}
interface shapes {
    record point { x: s32, y: s32 }
    variant shape { dot(point), line(tuple<point, point>), path(list<point>), none }
    flags style { bold, dashed, filled }
    enum unit { millimetre, inch }
    area: func(of: shape, drawn: style, unit: unit) -> result<f64, string>;
    centre: func(of: list<shape>) -> option<point>;
}
world plain { export greet: func(name: string) -> string; }
world numbers {
    export sum: func(a: u8, b: s8, c: u16, d: s16, e: u32, f: s32, g: u64, h: s64) -> s64;
    export mean: func(a: f32, b: f64) -> f64;
    export initial: func(yes: bool, letter: char) -> char;
}
world lists {
    export bytes: func(a: list<u8>) -> list<u8>;
    export words: func(a: list<list<string>>) -> list<tuple<string, u32>>;
}
world outcomes {
    export try: func(a: option<option<u32>>) -> result<option<string>, result<u8, string>>;
    export nothing: func() -> result;
}
world geometry { export shapes; }
world logged { import log; export greet: func(name: string) -> string; }
world customer { import stock; import log; export buy: func(name: string) -> u64; }
world draughtsman { import shapes; export draw: func() -> f64; }
world both { import shapes; export shapes; }
world shop { export stock; }
world everything { import log; import stock; export shapes; export greet: func(name: string) -> string; }
WIT
cat > source/plain.js << 'JS'
export function greet(name) { return `Hello, ${name}!`; }
JS
cat > source/numbers.js << 'JS'
export function sum(a, b, c, d, e, f, g, h) { return BigInt(a + b + c + d + e + f) + g + h; }
export function mean(a, b) { return (a + b) / 2; }
export function initial(yes, letter) { return yes ? letter : '?'; }
JS
cat > source/lists.js << 'JS'
export function bytes(a) { return a; }
export function words(a) { return a.map(b => [b.join(' '), b.length]); }
JS
cat > source/outcomes.js << 'JS'
export function nothing() {}
function attempt(a) { return a === undefined ? undefined : String(a); }
export { attempt as try };
JS
cat > source/geometry.js << 'JS'
export const shapes = { area(of, drawn, unit) { return 1.5; }, centre(of) { return undefined; } };
JS
cat > source/logged.js << 'JS'
import { line } from 'local:made/log@0.1.0';
export function greet(name) { line(name); return `Hello, ${name}!`; }
JS
cat > source/customer.js << 'JS'
import { find, sell } from 'local:made/stock@0.1.0';
export function buy(name) { return sell(find(name), 1.5); }
JS
cat > source/draughtsman.js << 'JS'
import { area } from 'local:made/shapes@0.1.0';
export function draw() { return area({ tag: 'none' }, {}, 'inch'); }
JS
cp source/geometry.js source/both.js
cat > source/shop.js << 'JS'
class Item { constructor(name) { this.text = name; } name() { return this.text; } static weigh(all) { return all.length; } }
export const stock = { Item, find(name) { return new Item(name); }, sell(sold, price) { return 1n; } };
JS
cat source/geometry.js source/plain.js > source/everything.js
cat > source/starling.mjs << 'JS'
import { componentize } from '../npm/node_modules/@bytecodealliance/componentize-js/src/componentize.js';
import { readFile, writeFile } from 'node:fs/promises';
const [world, out, ...disableFeatures] = process.argv.slice(2);
const source = await readFile(`source/${world}.js`, 'utf8');
const made = await componentize(source, { witPath: 'source/made.wit', worldName: world, disableFeatures });
await writeFile(out, made.component);
JS

# make FILE COMMAND...: what a tool cannot make is said, and the others are made all the same.
make() {
    local file=$1
    shift
    [[ -s $file ]] || "$@" > source/said.txt 2>&1 || echo "NOT MADE: $file: $(tail -n 1 source/said.txt)"
}

if [[ $has_npm ]]; then
    for world in plain numbers lists outcomes geometry logged customer draughtsman both shop everything; do
        for options in '' --sync '--sync --stub-wasi' '--sync --opt-size'; do
            file=real/qjs-$world${options//[ -]/}.wasm
            make "$file" npm/node_modules/.bin/componentize-qjs --wit source/made.wit --js "source/$world.js" \
                --world "$world" --output "$file" $options
        done
    done
    for world in plain numbers geometry; do
        make "real/starling-$world.wasm" node source/starling.mjs "$world" "real/starling-$world.wasm"
        make "real/starling-pure-$world.wasm" node source/starling.mjs "$world" "real/starling-pure-$world.wasm" \
            random stdio clocks http fetch-event
    done
    for program in sudoku sha256 words; do
        make "real/$program.wasm" npm/node_modules/.bin/jco new "$here/programs/$program.wasm" --wasi-command \
            --output "real/$program.wasm"
    done
fi

cat > source/greeter.py << 'PY'
import wit_world


class WitWorld(wit_world.WitWorld):
    def greet(self, name: str) -> str:
        return f"Hello, {name}!"
PY
if ! command -v "${PYTHON:-python3}" > /dev/null; then
    echo 'SKIPPED: components of Python are not made: there is no Python'
elif ! [[ -d pip/componentize_py ]] &&
    ! "${PYTHON:-python3}" -m pip install --quiet --target pip componentize-py==0.25.1; then
    echo 'SKIPPED: components of Python are not made: componentize-py cannot be had'
else
    for world in plain logged; do
        for options in '' --stub-wasi; do
            file=real/python-$world$options.wasm
            make "$file" env PYTHONPATH="$PWD/pip" pip/bin/componentize-py -d source/made.wit -w "$world" \
                componentize greeter -p source -o "$file" $options
        done
    done
fi

if ! [[ -s dummies/.made ]]; then
    cargo build -q --release --manifest-path "$here/../Cargo.toml" -p tabwasm-tests --bin dummies
    "$here/../target/release/dummies" dummies "$(crate wit-component)/tests" \
        npm/node_modules/@bytecodealliance | tee dummies/.made
fi
printf '%d real components, %d of WIT packages\n' "$(ls real | wc -l)" "$(find dummies -name '*.wasm' | wc -l)"

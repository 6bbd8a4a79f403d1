//! A row is enough: tables with new opcodes are generated into a copy of the runtime and run.
//!
//! `new_opcode/do` adds an opcode by its row alone, `new_opcode/hand` one whose meaning is a
//! function that touches state; files below `append/` go to the end of those of the runtime.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use tabwasm_codegen::{Tree, diag, generate, model};
use tabwasm_tests::workspace;
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection,
    MemorySection, MemoryType, Module, TypeSection, ValType,
};

/// Runs the exported functions of the module in the first argument with the two numbers behind.
const PROBE: &str = r#"//! Runs a module with opcodes that the tables had no rows for.

fn main() -> tabwasm::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let engine = tabwasm::Engine::default();
    let module = tabwasm::Module::new(&engine, std::fs::read(&arguments[1])?)?;
    let mut store = tabwasm::Store::new(&engine, ());
    let instance = tabwasm::Instance::new(&mut store, &module, &[])?;
    for name in ["do", "hand"] {
        let function = instance.get_typed_func::<(i32, i32), i32>(&mut store, name)?;
        let numbers = (arguments[2].parse()?, arguments[3].parse()?);
        match function.call(&mut store, numbers) {
            Ok(result) => println!("{name} {result}"),
            Err(error) => println!("{name} {}", error.root_cause()),
        }
    }
    Ok(())
}
"#;

const PROBE_MANIFEST: &str = "[package]\nname = \"probe\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
    [dependencies]\ntabwasm = { workspace = true, features = [\"std\"] }\n";

#[test]
fn new_opcodes_run() {
    let copy = copy();
    let file = copy.join("new.wasm");
    fs::write(&file, module_bytes()).unwrap();
    assert_eq!(run(&copy, &file, ["1", "3"]), "do 2\nhand 9\n");
    assert_eq!(
        run(&copy, &file, ["65535", "2"]),
        "do 32768\nhand out of bounds memory access\n"
    );
}

/// A workspace of the runtime alone, with both fixtures.
fn copy() -> PathBuf {
    let workspace = workspace();
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new_opcode");
    let mut tree = Tree::read(workspace).unwrap();
    for fixture in ["do", "hand"] {
        let own = Tree::read_all(&workspace.join("tests/new_opcode").join(fixture)).unwrap();
        for (path, text) in own.matching("", "") {
            match path.strip_prefix("append/") {
                Some(path) => {
                    let whole = tree.get(path).unwrap_or_default().to_string() + text;
                    tree.insert(path, whole);
                }
                None => tree.insert(path, text),
            }
        }
    }
    let model =
        model(&tree).unwrap_or_else(|report| panic!("{}", diag::render(&tree, &report, false)));
    let generated = generate(&model, workspace).unwrap_or_else(|message| panic!("{message}"));
    for (path, text) in generated {
        write(&copy.join("runtime/src/generated").join(path), &text);
    }
    for (path, text) in tree.matching("runtime/src/", ".rs") {
        write(&copy.join(path), text);
    }
    for path in [
        "runtime/Cargo.toml",
        "runtime/build.rs",
        "runtime/SAFETY.md",
        "runtime/src/component/components.md",
        "runtime/src/porting.md",
        "Cargo.lock",
    ] {
        write(
            &copy.join(path),
            &fs::read_to_string(workspace.join(path)).unwrap(),
        );
    }
    write(
        &copy.join("Cargo.toml"),
        &manifest(&fs::read_to_string(workspace.join("Cargo.toml")).unwrap()),
    );
    write(&copy.join("probe/Cargo.toml"), PROBE_MANIFEST);
    write(&copy.join("probe/src/main.rs"), PROBE);
    copy
}

/// The manifest of the workspace, with two members only.
fn manifest(text: &str) -> String {
    let line = |line: &str| match line.split(' ').next() {
        Some("members") => "members = [\"runtime\", \"probe\"]\n".to_string(),
        Some("default-members" | "exclude") => String::new(),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Writes what differs, so that cargo builds only what changed.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// What the probe prints.
fn run(copy: &Path, file: &Path, numbers: [&str; 2]) -> String {
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", copy.join("target"));
    command
        .args(["run", "--quiet", "--package", "probe", "--"])
        .arg(file)
        .args(numbers);
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the probe failed:\n{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Two functions of two numbers, one an opcode each, and a memory that begins with 4, 2, 3, 4.
fn module_bytes() -> Vec<u8> {
    let mut types = TypeSection::new();
    types
        .ty()
        .function([ValType::I32, ValType::I32], [ValType::I32]);
    let mut functions = FunctionSection::new();
    let mut exports = ExportSection::new();
    let mut code = CodeSection::new();
    let opcodes: [(&str, &[u8]); 2] = [("do", &[0xFC, 100]), ("hand", &[0xFC, 101, 0])];
    for (index, (name, opcode)) in (0..).zip(opcodes) {
        functions.function(0);
        exports.export(name, ExportKind::Func, index);
        let mut body = Function::new([]);
        body.instructions().local_get(0).local_get(1);
        body.raw(opcode.iter().copied());
        body.instructions().end();
        code.function(&body);
    }
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(0), [4, 2, 3, 4]);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&memories)
        .section(&exports);
    module.section(&code).section(&data);
    module.finish()
}

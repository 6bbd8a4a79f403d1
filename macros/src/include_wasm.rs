//! `include_wasm!`: reads and validates a module, and hands it on to be written.
//!
//! A macro sees names, not types, so a profile of `runtime!` brings a macro of its own name: the
//! first expansion calls that one, which calls back with the configuration. Then the file is read,
//! translated if it is text, and validated here, on the machine that compiles; `module` writes the
//! item.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::path::{Path as File, PathBuf};
use std::{env, fs};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{LitStr, Path, Token, Visibility};
use tabwasm::compact::{Depth, Module};
use tabwasm::reject::{Detail, Reject};

use crate::configuration::{Configuration, built_in};
use crate::message::Message;
use crate::module::{self, Source};
use crate::names;
use crate::runtime;

/// What stands in the parentheses.
struct Input {
    visibility: Visibility,
    name: Option<Ident>,
    profile: Path,
    file: LitStr,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let visibility: Visibility = input.parse()?;
        let name = if input.peek(Token![mod]) {
            input.parse::<Token![mod]>()?;
            let name = input.parse()?;
            input.parse::<Token![,]>()?;
            Some(name)
        } else {
            None
        };
        let shape = || {
            let help = "write `include_wasm!(Sensor, \"file.wasm\")`, with `pub mod name,` in front to choose a name";
            Message::new("expected a runtime and the name of a file").help(help)
        };
        let profile: Path = input
            .parse()
            .map_err(|error: syn::Error| shape().at(error.span()))?;
        if input.parse::<Token![,]>().is_err() {
            return Err(shape().at(profile.span()));
        }
        let file = input
            .parse()
            .map_err(|error: syn::Error| shape().at(error.span()))?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Self {
            visibility,
            name,
            profile,
            file,
        })
    }
}

/// The expansion: for a profile of `runtime!`, the macro of its name, which knows the rest.
pub(crate) fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    let parsed: Input = syn::parse2(input.clone())?;
    let last = parsed.profile.segments.last().map(|segment| &segment.ident);
    match last.and_then(built_in) {
        Some(configuration) => write(&configuration, &parsed),
        None => {
            let profile = &parsed.profile;
            Ok(quote! { #profile! { #input } })
        }
    }
}

/// The same with the configuration in front.
pub(crate) fn expand_configured(input: TokenStream) -> syn::Result<TokenStream> {
    let parse = |input: ParseStream<'_>| {
        let configuration = runtime::configuration(input)?;
        Ok((configuration, input.parse::<Input>()?))
    };
    let (configuration, parsed) = syn::parse::Parser::parse2(parse, input)?;
    write(&configuration, &parsed)
}

fn write(configuration: &Configuration, input: &Input) -> syn::Result<TokenStream> {
    let path = find(&input.file);
    let shown = input.file.value();
    let fail = |message: Message| message.at(input.file.span());
    let bytes = fs::read(&path).map_err(|error| {
        fail(
            Message::new(format!("cannot read `{shown}`: {error}"))
                .help("the path is relative to this file"),
        )
    })?;
    let is_text = path.extension().is_some_and(|extension| extension == "wat");
    let wasm = if is_text {
        wat::parse_bytes(&bytes)
            .map_err(|error| fail(Message::new(format!("`{shown}`: {error}"))))?
            .into_owned()
    } else {
        bytes
    };
    let mut arena = Vec::new();
    let module = validate(&wasm, configuration, &mut arena)
        .map_err(|reject| fail(refused(&shown, &reject, configuration)))?;
    let depth = Depth::of(&wasm, &configuration.features())
        .map_err(|reject| fail(refused(&shown, &reject, configuration)))?;
    let name = match &input.name {
        Some(name) => name.clone(),
        None => stem(&path).map_err(&fail)?,
    };
    module::write(&Source {
        visibility: &input.visibility,
        name: &name,
        profile: &input.profile,
        path: &path.display().to_string(),
        at: input.file.span(),
        is_text,
        module,
        depth,
    })
    .map_err(|messages| {
        messages
            .into_iter()
            .map(fail)
            .reduce(|mut all, error| {
                all.combine(error);
                all
            })
            .unwrap_or_else(|| syn::Error::new(input.file.span(), ""))
    })
}

/// The file that a literal names, relative to the file that the literal is in.
fn find(file: &LitStr) -> PathBuf {
    let root = env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    let source = file.span().unwrap().local_file();
    let folder = source.as_deref().and_then(File::parent);
    let path = folder
        .map_or_else(|| root.join("src"), File::to_path_buf)
        .join(file.value());
    // The compiler names files relative to the folder it runs in, which is that of the workspace.
    std::path::absolute(&path).unwrap_or(path)
}

/// The module's name by its file's.
fn stem(path: &File) -> Result<Ident, Message> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = names::snake(&stem);
    syn::parse_str::<Ident>(&name).map_err(|_| {
        Message::new(format!("`{stem}` is no name for a module")).help("put `mod name,` in front")
    })
}

/// Validates with as much memory as it takes.
fn validate<'m>(
    wasm: &'m [u8],
    configuration: &Configuration,
    arena: &'m mut Vec<u8>,
) -> Result<Module<'m>, Reject> {
    let gate = configuration.features();
    let mut size = wasm.len().next_power_of_two().max(FIRST);
    loop {
        let mut room = vec![0; size];
        match Module::new(wasm, &gate, &mut room) {
            Ok(module) => {
                let used = module.table().len();
                room.truncate(used);
                *arena = room;
                return Ok(Module::with_trusted_table(wasm, arena));
            }
            Err(reject) => match reject.detail() {
                Detail::Limit { limit, .. } if limit.name() == "arena" && size <= MOST => size *= 2,
                _ => return Err(reject),
            },
        }
    }
}

const FIRST: usize = 1 << 16;
const MOST: usize = 1 << 30;

/// What the validator says, and which part of the configuration says so.
fn refused(file: &str, reject: &Reject, configuration: &Configuration) -> Message {
    let message = Message::new(format!("`{file}`: {reject}"));
    match reject.detail() {
        Detail::Proposal(proposal) if configuration.tier.proposals().contains(proposal) => message
            .help(format!(
                "add `{}` to the proposals of the runtime",
                proposal.name()
            )),
        Detail::Proposal(proposal) => message.note(format!(
            "`{}` in spec/proposals.toml is none that tier `{}` carries",
            proposal.name(),
            configuration.tier.name()
        )),
        Detail::Limit { limit, .. } => message.note(format!(
            "the runtime's limit `{}` is {}",
            limit.name(),
            configuration.limits.get(limit)
        )),
        _ => message,
    }
}

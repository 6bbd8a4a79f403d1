//! `runtime!`: a profile, or all that is wrong with it.
//!
//! The keys are read without stopping at the first fault, then asked of the tables that this
//! package links: whether the tier can carry a proposal, whether what it requires is there, and
//! whether a limit is in its range. Each message names the row that forbids it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, LitBool, LitInt, Token, Visibility, braced, bracketed, token};
use tabwasm::profile::NoAlloc;
use tabwasm::spec::{Limit, Limits, Proposal, Proposals, Tier};

use crate::configuration::{Configuration, built_in, missing, tiers};
use crate::message::{Errors, Message, listed};

const KEYS: [&str; 5] = ["tier", "proposals", "limits", "metered", "deterministic"];
const SHAPE: &str = "write `runtime! { pub struct Name; tier = no_alloc, proposals = [mvp], limits { name_length = 64 } }`";

/// What stands in the braces, each key at most once.
#[derive(Default)]
struct Settings {
    tier: Option<Ident>,
    proposals: Option<(Ident, Vec<Ident>)>,
    limits: Vec<(Ident, LitInt)>,
    metered: Option<bool>,
    deterministic: Option<bool>,
}

/// The expansion.
pub(crate) fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let parsed = syn::parse::Parser::parse2(
        |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_outer)?;
            let visibility: Visibility = input.parse()?;
            let head = input.parse::<Token![struct]>().and_then(|_| input.parse());
            let name: Ident = head.map_err(|error| {
                Message::new("no name for the runtime")
                    .help(SHAPE)
                    .at(error.span())
            })?;
            if input.parse::<Token![;]>().is_err() {
                let message =
                    Message::new("a runtime has no fields: `;` ends its name").help(SHAPE);
                return Err(message.at(input.span()));
            }
            let settings = settings(input, &mut errors)?;
            Ok((attributes, visibility, name, settings))
        },
        input,
    );
    let Some((attributes, visibility, name, settings)) = errors.keep(parsed) else {
        return errors.finish(TokenStream::new());
    };
    if let Some(Configuration { tier, .. }) = built_in(&name) {
        let message = format!("`{name}` is the profile of tier `{}`", tier.name());
        errors.at(&name, Message::new(message).help("choose another name"));
    }
    match judge(&name, &settings, &mut errors) {
        Some(configuration) => errors.finish(item(&attributes, &visibility, &name, &configuration)),
        None => errors.finish(TokenStream::new()),
    }
}

/// A configuration as [`Configuration::tokens`] writes it.
pub(crate) fn configuration(input: ParseStream<'_>) -> syn::Result<Configuration> {
    let content;
    bracketed!(content in input);
    let mut errors = Errors::default();
    let settings = settings(&content, &mut errors)?;
    let name = format_ident!("Configuration");
    match judge(&name, &settings, &mut errors) {
        Some(configuration) => errors.finish(configuration),
        None => errors.finish(Configuration::of::<NoAlloc>(Tier::NoAlloc)),
    }
}

fn settings(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Settings> {
    let mut settings = Settings::default();
    let mut seen: Vec<Ident> = Vec::new();
    while !input.is_empty() {
        let key: Ident = input.parse().map_err(|error| {
            let keys = format!("the keys are {}", listed(&KEYS));
            Message::new("expected a key").help(keys).at(error.span())
        })?;
        if seen.contains(&key) {
            errors.at(&key, Message::new(format!("`{key}` is there twice")));
        }
        let read = setting(&key, input, &mut settings, errors);
        if errors.keep(read).is_none() || !input.peek(Token![,]) {
            skip(input);
        }
        seen.push(key);
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(settings)
}

fn setting(
    key: &Ident,
    input: ParseStream<'_>,
    settings: &mut Settings,
    errors: &mut Errors,
) -> syn::Result<()> {
    match key.to_string().as_str() {
        "tier" => {
            input.parse::<Token![=]>()?;
            let expected = format!("a tier is one of {}", listed(&tiers()));
            settings.tier = Some(word(input, &expected)?);
        }
        "proposals" => {
            input.parse::<Token![=]>()?;
            if !input.peek(token::Bracket) {
                let message = Message::new("proposals stand in brackets");
                return Err(message
                    .help("write `proposals = [mvp, …]`")
                    .at(input.span()));
            }
            let content;
            bracketed!(content in input);
            let names = Punctuated::<Word, Token![,]>::parse_terminated(&content)?;
            let names = names.into_iter().map(|Word(name)| name).collect();
            settings.proposals = Some((key.clone(), names));
        }
        "limits" => {
            if !input.peek(token::Brace) {
                let message = Message::new("limits stand in braces");
                return Err(message
                    .help("write `limits { name_length = 64 }`")
                    .at(input.span()));
            }
            let content;
            braced!(content in input);
            while !content.is_empty() {
                let limit = limit(&content);
                match errors.keep(limit) {
                    Some(limit) => settings.limits.push(limit),
                    None => skip(&content),
                }
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
        }
        "metered" => {
            settings.metered = Some(flag("metered", input)?);
        }
        "deterministic" => {
            settings.deterministic = Some(flag("deterministic", input)?);
        }
        other => {
            let message = Message::new(format!("`{other}` is no key of a runtime"));
            errors.at(key, message.meant(other, &KEYS));
            skip(input);
        }
    }
    Ok(())
}

/// One name, where others may be expected.
struct Word(Ident);

impl Parse for Word {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        word(input, "a proposal is a name of spec/proposals.toml").map(Word)
    }
}

fn word(input: ParseStream<'_>, expected: &str) -> syn::Result<Ident> {
    input.parse().map_err(|error: syn::Error| {
        Message::new("expected a name")
            .help(expected)
            .at(error.span())
    })
}

fn limit(input: ParseStream<'_>) -> syn::Result<(Ident, LitInt)> {
    let name = word(input, "a limit is a name of spec/limits.toml")?;
    input.parse::<Token![=]>()?;
    let value = input.parse().map_err(|error: syn::Error| {
        Message::new(format!("`{name}` is a number")).at(error.span())
    })?;
    Ok((name, value))
}

/// Passes over everything up to the next comma.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) && input.parse::<TokenTree>().is_ok() {}
}

/// The configuration, if the tier is known; everything that is wrong with it.
fn judge(name: &Ident, settings: &Settings, errors: &mut Errors) -> Option<Configuration> {
    if settings.proposals.is_none() {
        let message = Message::new(format!("`{name}` has no `proposals`"));
        errors.at(
            name,
            message
                .help("say what it can run: `proposals = [mvp]` is WebAssembly 1.0 without floats"),
        );
    }
    let Some(key) = &settings.tier else {
        let message = Message::new(format!("`{name}` has no `tier`"));
        let help = format!(
            "say where its memory comes from: `tier = …` with one of {}",
            listed(&tiers())
        );
        errors.at(name, message.help(help));
        return None;
    };
    let Some(tier) = Tier::ALL.into_iter().find(|tier| key == tier.name()) else {
        let message = Message::new(format!("no tier `{key}`"));
        errors.at(key, message.meant(&key.to_string(), &tiers()));
        return None;
    };
    let proposals = match &settings.proposals {
        Some((at, names)) => proposals(at, names, tier, errors),
        None => Proposals::EMPTY,
    };
    let limits = limits(&settings.limits, tier, proposals, errors);
    let metered = settings.metered.unwrap_or(true);
    let deterministic = settings.deterministic.unwrap_or(false);
    Some(Configuration {
        tier,
        proposals,
        limits,
        metered,
        deterministic,
    })
}

/// `= true` or `= false`.
fn flag(key: &str, input: ParseStream<'_>) -> syn::Result<bool> {
    input.parse::<Token![=]>()?;
    let flag: LitBool = input.parse().map_err(|error: syn::Error| {
        Message::new(format!("`{key}` is `true` or `false`")).at(error.span())
    })?;
    Ok(flag.value)
}

fn proposals(at: &Ident, names: &[Ident], tier: Tier, errors: &mut Errors) -> Proposals {
    let known = Proposal::ALL.map(Proposal::name);
    let mut found: Vec<(&Ident, Proposal)> = Vec::new();
    for name in names {
        match Proposal::ALL.into_iter().find(|known| name == known.name()) {
            Some(proposal) if found.iter().any(|(_, other)| *other == proposal) => {
                errors.at(
                    name,
                    Message::new(format!("proposal `{name}` is there twice")),
                );
            }
            Some(proposal) => found.push((name, proposal)),
            None => {
                let message = Message::new(format!("no proposal `{name}`"));
                errors.at(name, message.meant(&name.to_string(), &known));
            }
        }
    }
    let set = found
        .iter()
        .fold(Proposals::EMPTY, |set, (_, proposal)| set.with(*proposal));
    if names.is_empty() {
        let message = Message::new("a runtime without proposals can run nothing");
        errors.at(at, message.help("begin with `mvp`"));
    }
    for (name, proposal) in found {
        carried(name, proposal, tier, errors);
        let chain = missing(proposal, set);
        if !chain.is_empty() {
            let chain: Vec<_> = chain.into_iter().map(Proposal::name).collect();
            let requires: Vec<_> = proposal.requires().iter().map(Proposal::name).collect();
            let message = Message::new(format!("`{name}` lacks {}", listed(&chain)))
                .note(format!(
                    "`{name}` in spec/proposals.toml requires {}{}",
                    listed(&requires),
                    onward(&chain)
                ))
                .help(format!("add {} to the proposals", listed(&chain)));
            errors.at(name, message);
        }
    }
    set
}

/// What else the missing proposals require of each other.
fn onward(chain: &[&str]) -> String {
    let row = |key: &&str| {
        let proposal = Proposal::ALL
            .into_iter()
            .find(|known| known.name() == *key)?;
        let requires: Vec<_> = proposal.requires().iter().map(Proposal::name).collect();
        (!requires.is_empty()).then(|| format!(", `{key}` requires {}", listed(&requires)))
    };
    chain.iter().filter_map(row).collect()
}

/// Whether the tier has the proposal.
fn carried(name: &Ident, proposal: Proposal, tier: Tier, errors: &mut Errors) {
    let provides = tier.provides();
    let lacking = proposal
        .needs()
        .iter()
        .find(|need| !provides.contains(need));
    if let Some(need) = lacking {
        let has = |tier: &Tier| {
            proposal
                .needs()
                .iter()
                .all(|need| tier.provides().contains(need))
        };
        let able: Vec<_> = Tier::ALL.into_iter().filter(has).map(Tier::name).collect();
        let message = Message::new(format!("tier `{}` cannot carry `{name}`", tier.name())).note(format!(
            "`{name}` in spec/proposals.toml needs `{}`, {}; `{}` in spec/tiers.toml does not provide it",
            need.name(),
            need.doc(),
            tier.name(),
        ));
        errors.at(
            name,
            message.help(format!(
                "leave it out, or take a tier that can: {}",
                listed(&able)
            )),
        );
    } else if !tier.proposals().contains(proposal) {
        let able: Vec<_> = tier.proposals().iter().map(Proposal::name).collect();
        let message = Message::new(format!("`{name}` cannot be run yet"))
            .note(format!(
                "`{name}` in spec/proposals.toml is `supported = false`"
            ))
            .help(format!("tier `{}` has {}", tier.name(), listed(&able)));
        errors.at(name, message);
    }
}

fn limits(
    given: &[(Ident, LitInt)],
    tier: Tier,
    proposals: Proposals,
    errors: &mut Errors,
) -> Limits {
    let known = Limit::ALL.map(Limit::name);
    let mut limits = tier.limits();
    let mut places: Vec<(Limit, &LitInt)> = Vec::new();
    for (name, value) in given {
        let Some(limit) = Limit::ALL.into_iter().find(|known| name == known.name()) else {
            let message = Message::new(format!("no limit `{name}`"));
            errors.at(name, message.meant(&name.to_string(), &known));
            continue;
        };
        if places.iter().any(|(other, _)| *other == limit) {
            errors.at(name, Message::new(format!("limit `{name}` is there twice")));
        }
        let max = Limits::MAX.get(limit);
        match value.base10_parse::<u64>() {
            Ok(0) => {
                let message = Message::new(format!("limit `{name}` is 0, which admits nothing"));
                errors.at(
                    value,
                    message.help(format!(
                        "tier `{}` has {}",
                        tier.name(),
                        tier.limits().get(limit)
                    )),
                );
            }
            Ok(number) if number <= max => limits = limits.with(limit, number),
            _ => {
                let message = Message::new(format!("limit `{name}` is at most {max}"));
                errors.at(
                    value,
                    message.note(format!("`max` of `{name}` in spec/limits.toml")),
                );
            }
        }
        places.push((limit, value));
    }
    related(&limits, &places, tier, proposals, errors);
    limits
}

/// Limits that are below what the configuration itself needs.
fn related(
    limits: &Limits,
    places: &[(Limit, &LitInt)],
    tier: Tier,
    proposals: Proposals,
    errors: &mut Errors,
) {
    let place = |limit: Limit| {
        places
            .iter()
            .find(|(other, _)| *other == limit)
            .map(|(_, value)| *value)
    };
    let row = |limit: Limit, column: &str| {
        format!("`{column}` of `{}` in spec/limits.toml", limit.name())
    };
    for limit in Limit::ALL {
        let value = limits.get(limit);
        for other in limit
            .above()
            .iter()
            .filter(|other| value < limits.get(**other))
        {
            let least = limits.get(*other);
            let (name, other_name) = (limit.name(), other.name());
            let origin = |limit: Limit| match place(limit) {
                Some(_) => "here".to_string(),
                None => format!("in tier `{}`", tier.name()),
            };
            let message = Message::new(format!(
                "limit `{name}` is {value}, below `{other_name}`, which is {least} {}",
                origin(*other)
            ))
            .note(row(limit, "above"))
            .help(format!(
                "make `{name}` at least {least}, or `{other_name}` at most {value}"
            ));
            match place(limit).or_else(|| place(*other)) {
                Some(at) => errors.at(at, message),
                None => errors.push(message.at(proc_macro2::Span::call_site())),
            }
        }
        if let (Some(proposal), Some(at)) = (limit.several(), place(limit))
            && value == 1
            && proposals.contains(proposal)
        {
            let (name, proposal) = (limit.name(), proposal.name());
            let message = Message::new(format!(
                "limit `{name}` is 1, but `{proposal}` needs at least 2"
            ))
            .note(row(limit, "several"))
            .help(format!("raise the limit, or leave `{proposal}` out"));
            errors.at(at, message);
        }
    }
}

fn item(
    attributes: &[Attribute],
    visibility: &Visibility,
    name: &Ident,
    configuration: &Configuration,
) -> TokenStream {
    let (constants, tokens) = (configuration.constants(), configuration.tokens());
    let callback = format_ident!("__configuration_of_{name}");
    // A macro that is not exported can be seen in its own crate at most.
    let within = match visibility {
        Visibility::Public(_) => quote! { pub(crate) },
        other => quote! { #other },
    };
    let tier = configuration.tier;
    let (variant, doc) = (
        format_ident!("{}", format!("{tier:?}")),
        format!(
            "tier `{}` needs the Cargo feature `{}` of `tabwasm`",
            tier.name(),
            tier.feature().unwrap_or_default()
        ),
    );
    quote! {
        #(#attributes)*
        #[derive(Clone, Copy, Debug, Default)]
        #visibility struct #name;

        impl ::tabwasm::profile::Profile for #name {
            #constants
        }

        const _: () = ::core::assert!(::tabwasm::spec::Tier::#variant.is_built(), #doc);

        #[doc(hidden)]
        #[allow(unused_macros)]
        macro_rules! #callback {
            ($($rest:tt)*) => { ::tabwasm_macros::include_configured! { #tokens $($rest)* } };
        }
        #[doc(hidden)]
        #[allow(unused_imports)]
        #within use #callback as #name;
    }
}

//! `#[derive(Entity)]` and `#[derive(Choice)]`: they write names down and call plain functions of
//! `kernel`. No control flow is generated.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Error, Fields, LitStr, parse_macro_input};

/// What stands in an attribute: texts by name, groups of fields, and bare words.
#[derive(Default)]
struct Marks {
    texts: Vec<(String, LitStr)>,
    uniques: Vec<LitStr>,
    indexes: Vec<LitStr>,
    flags: Vec<syn::Ident>,
}

impl Marks {
    fn text(&self, name: &str) -> Option<&LitStr> {
        self.texts.iter().find(|(given, _)| given == name).map(|(_, text)| text)
    }
}

const FIELD_FLAGS: &[&str] = &[
    "list",
    "search",
    "unique",
    "index",
    "title",
    "system",
    "sensitive",
    "secret",
    "parent",
    "place",
];
const ENTITY_FLAGS: &[&str] = &["kept", "steady", "derived"];

fn marks(attrs: &[syn::Attribute], key: &str, flags: &[&str]) -> syn::Result<Marks> {
    let mut marks = Marks::default();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(key)) {
        attr.parse_nested_meta(|meta| {
            let Some(ident) = meta.path.get_ident() else {
                return Err(meta.error("expected a word"));
            };
            let word = ident.to_string();
            match word.as_str() {
                flag if flags.contains(&flag) => marks.flags.push(ident.clone()),
                "unique" => marks.uniques.push(meta.value()?.parse()?),
                "index" => marks.indexes.push(meta.value()?.parse()?),
                "fr" | "en" | "frs" | "ens" | "name" | "plural" => {
                    let text = meta.value()?.parse()?;
                    marks.texts.push((word, text));
                }
                other => {
                    return Err(meta.error(format!(
                        "unknown mark `{other}`; known: fr, en, {}",
                        flags.join(", ")
                    )));
                }
            }
            Ok(())
        })?;
    }
    Ok(marks)
}

fn label(marks: &Marks, fr: &str, en: &str, at: &dyn quote::ToTokens) -> syn::Result<Tokens> {
    match (marks.text(fr), marks.text(en)) {
        (Some(fr), Some(en)) => Ok(quote!(::kernel::Text { fr: #fr, en: #en })),
        _ => {
            let wanted = format!("give a label in both languages: {fr} = \"…\", {en} = \"…\"");
            Err(Error::new_spanned(at, wanted))
        }
    }
}

/// The first paragraph of the documentation.
fn doc(attrs: &[syn::Attribute]) -> String {
    let mut lines = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        if let syn::Meta::NameValue(meta) = &attr.meta
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &meta.value
        {
            let line = text.value().trim().to_owned();
            if line.is_empty() {
                break;
            }
            lines.push(line);
        }
    }
    lines.join(" ")
}

fn groups(given: &[LitStr]) -> Tokens {
    let groups = given.iter().map(|text| {
        let value = text.value();
        let names: Vec<String> = value.split(',').map(|name| name.trim().to_owned()).collect();
        quote!(&[#(#names),*])
    });
    quote!(&[#(#groups),*])
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for (rank, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && rank > 0 {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

#[proc_macro_derive(Entity, attributes(entity, field))]
pub fn entity(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    write_entity(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

fn named_fields(input: &DeriveInput) -> syn::Result<&syn::FieldsNamed> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "an entity is a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(&input.ident, "an entity has named fields"));
    };
    Ok(fields)
}

fn write_entity(input: &DeriveInput) -> syn::Result<Tokens> {
    let ty = &input.ident;
    let fields = named_fields(input)?;
    let own = marks(&input.attrs, "entity", ENTITY_FLAGS)?;
    let (one, many) = (label(&own, "fr", "en", ty)?, label(&own, "frs", "ens", ty)?);
    let name = own.text("name").map_or_else(|| snake(&ty.to_string()), LitStr::value);
    let plural = own.text("plural").map_or_else(|| format!("{name}s"), LitStr::value);
    let about = doc(&input.attrs);
    let has = |word: &str| own.flags.iter().any(|flag| flag == word);
    let (kept, steady, derived) = (has("kept"), has("steady"), has("derived"));
    let (uniques, indexes) = (groups(&own.uniques), groups(&own.indexes));

    let [mut defs, mut puts, mut takes, mut columns] = [const { Vec::new() }; 4];
    for field in &fields.named {
        let Some(ident) = &field.ident else { continue };
        let (kind, word) = (&field.ty, ident.unraw().to_string());
        let marks = marks(&field.attrs, "field", FIELD_FLAGS)?;
        let (text, flags, about) =
            (label(&marks, "fr", "en", field)?, &marks.flags, doc(&field.attrs));
        defs.push(quote!(::kernel::FieldDef::of::<#kind>(#word, #text, #about) #(.#flags())*));
        let upper = quote::format_ident!("{}", word.to_uppercase());
        columns.push(
            quote!(pub const #upper: ::kernel::Column<#ty, #kind> = ::kernel::Column::new(#word);),
        );
        puts.push(quote!(::kernel::FieldType::put(&self.#ident)));
        takes.push(quote!(#ident: ::kernel::entity::pull(&mut values, #word)?));
    }
    Ok(quote! {
        #[allow(dead_code, missing_docs)]
        impl #ty {
            #(#columns)*
        }
        impl ::kernel::Entity for #ty {
            const NAME: &'static str = #name;
            const DEF: &'static ::kernel::EntityDef = &::kernel::EntityDef {
                name: #name,
                plural: #plural,
                label: #one,
                labels: #many,
                doc: #about,
                kept: #kept,
                steady: #steady,
                derived: #derived,
                uniques: #uniques,
                indexes: #indexes,
                fields: &[#(#defs),*],
                check: ::kernel::entity::check_record::<#ty>,
                editable: ::kernel::entity::editable_record::<#ty>,
                sought: ::kernel::entity::sought_record::<#ty>,
            };
            fn to_record(&self) -> ::kernel::Record {
                ::std::vec![#(#puts),*]
            }
            fn of_record(record: ::kernel::Record) -> ::core::result::Result<Self, ::kernel::Fault> {
                let mut values = record.into_iter();
                Ok(Self { #(#takes),* })
            }
        }
    })
}

#[proc_macro_derive(Choice, attributes(choice))]
pub fn choice(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    write_choice(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

fn write_choice(input: &DeriveInput) -> syn::Result<Tokens> {
    let ty = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(ty, "a choice is an enum"));
    };
    let (mut values, mut names, mut variants) = (Vec::new(), Vec::new(), Vec::new());
    for variant in &data.variants {
        let text = label(&marks(&variant.attrs, "choice", &[])?, "fr", "en", variant)?;
        let name = snake(&variant.ident.to_string());
        values.push(quote!((#name, #text)));
        names.push(name);
        variants.push(&variant.ident);
    }
    Ok(quote! {
        impl ::kernel::Choice for #ty {
            const VALUES: &'static [(&'static str, ::kernel::Text)] = &[#(#values),*];
            fn name(self) -> &'static str {
                match self { #(Self::#variants => #names),* }
            }
            fn of_name(name: &str) -> Option<Self> {
                match name { #(#names => Some(Self::#variants),)* _ => None }
            }
        }
        impl ::kernel::FieldType for #ty {
            const KIND: ::kernel::Kind = ::kernel::Kind::Choice(<Self as ::kernel::Choice>::VALUES);
            fn put(&self) -> ::kernel::Value {
                ::kernel::Value::Text(::kernel::Choice::name(*self).to_owned())
            }
            fn take(value: ::kernel::Value) -> ::core::result::Result<Self, ::kernel::Fault> {
                match value {
                    ::kernel::Value::Text(name) => {
                        <Self as ::kernel::Choice>::of_name(&name)
                            .ok_or(::kernel::Fault::new("field.choice"))
                    }
                    _ => Err(::kernel::wrong_type()),
                }
            }
        }
    })
}

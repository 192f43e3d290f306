//! What is refused, and what the message says.

use super::expanded;
use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;

/// The messages of all errors in the expansion of `source`.
fn messages(source: &str) -> Vec<String> {
    let mut messages = Vec::new();
    collect(expanded(source), &mut messages);
    messages
}

fn collect(tokens: TokenStream, messages: &mut Vec<String>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let is_error = at >= 2 && tokens[at - 2].to_string() == "compile_error";
        match syn::parse2::<LitStr>(group.stream()) {
            Ok(message) if is_error => messages.push(message.value()),
            _ => collect(group.stream(), messages),
        }
    }
}

/// Asserts that `source` has one mistake for each group of words, whose message has all of them.
#[track_caller]
fn refused(source: &str, expected: &[&[&str]]) {
    let messages = messages(source);
    assert_eq!(messages.len(), expected.len(), "{source}: {messages:#?}");
    for (message, words) in messages.iter().zip(expected) {
        for word in *words {
            assert!(message.contains(word), "`{word}` is missing in: {message}");
        }
    }
}

#[track_caller]
fn refused_options(options: &str, expected: &[&[&str]]) {
    refused(
        &format!("#[cache_memoize({options})] fn f(user: u64, id: u64) -> u64 {{ 1 }}"),
        expected,
    );
}

#[test]
fn unknown_options_are_named_with_what_was_meant() {
    refused_options("tll = 300", &[&["unknown option `tll`, did you mean `ttl`?"]]);
    refused_options("timeout = 300", &[&["did you mean `ttl`?"]]);
    refused_options("zebra", &[&["unknown option `zebra`", "remove it", "on_miss"]]);
    refused_options("300", &[&["every option has a name", "`ttl = ..`"]]);
}

#[test]
fn a_text_is_no_format_where_it_would_be_the_same_for_all_calls() {
    refused_options("key = \"user:{id}\"", &[&["names no arguments here", "`key = format!(..)`"]]);
    refused_options("extra = \"{id}\"", &[&["names no arguments here", "`extra = (user, id)`"]]);
    refused_options("prefix = \"p:{id}\"", &[&["names no arguments: use `key` or `extra`"]]);
    refused_options("tags(\"acc:{id.number}\")", &[&["write `format!(.., id.number)`"]]);
    refused_options("tags(\"{{page}} {id:03} {user}\"), key = \"always\"", &[]);
}

#[test]
fn a_batch_needs_one_slice_of_keys() {
    let refused_batch = |function: &str, words: &[&str]| {
        refused(&format!("#[cache_memoize(batch)] fn {function} {{ body }}"), &[words]);
    };
    refused_batch("f(id: u64) -> Vec<u64>", &["needs an argument with the keys, `ids: &[K]`"]);
    refused_batch("f(a: &[u8], b: &[u8]) -> Vec<u8>", &["cannot choose between several slices"]);
    refused_batch("f(a: &mut [u8]) -> Vec<u8>", &["needs an argument with the keys"]);
    refused_batch("f(a: &[u8], b: &mut u8) -> Vec<u8>", &["take a shared reference"]);
    refused_batch("f(&mut self, a: &[u8]) -> Vec<u8>", &["take a shared reference"]);
    let refused_options = |options: &str, words: &[&str]| {
        let function = "fn f(&self, a: &[u8], b: &Cache) -> Vec<u8> { body }";
        refused(&format!("#[cache_memoize(batch, {options})] {function}"), &[words]);
    };
    refused_options("skip(a)", &["the keys are skipped"]);
    refused_options("cache = a.cache()", &["choose it by other arguments"]);
    refused_options("companions = false", &["allow companions, such as `companions = pub(self)`"]);
    refused_options("store_result = false", &["a guard counts single runs"]);
    refused_options("cache_err = true", &["remove `cache_err`"]);
    refused_options("single_flight = \"fleet\"", &["remove `single_flight`"]);
    refused_options("stale_while_revalidate = 1, background", &["for functions of a single item"]);
}

#[test]
fn a_wrong_form_is_answered_with_the_right_one() {
    for (options, form) in [
        ("ttl", "in seconds, `300`"),
        ("ttl =", "seconds"),
        ("on_hit = |", "`on_hit = log_hit`"),
        ("ttl = true", "Duration"),
        ("cache = 3", "`cache = &self.cache`"),
        ("cache = \"\"", "`cache = \"reports\"`"),
        ("prefix = rates", "`prefix = \"rates\"`"),
        ("prefix = \"\"", "`prefix = \"rates\"`"),
        ("hard_timeout", "in seconds, `300`"),
        ("hard_timeout = true", "Duration"),
        ("soft_timeout, early_refresh = true", "in seconds, `300`"),
        ("soft_timeout = true, early_refresh = true", "Duration"),
        ("tags", "`tags(\"user:{user_id}\")`"),
        ("tags()", "`tags(\"user:{user_id}\")`"),
        ("tags(5)", "`tags(\"user:{user_id}\")`"),
        ("tags = \"users\"", "`tags(\"user:{user_id}\")`"),
        ("skip", "`skip(connection, self)`"),
        ("skip()", "`skip(connection, self)`"),
        ("skip(user.id)", "`skip(connection, self)`"),
        ("version = \"2\"", "`version = 2`"),
        ("store_result", "`store_result = false`"),
        ("cache_if = true", "closure"),
        ("cache_err = 1", "`cache_err = true`"),
        ("jitter = 1.0", "`jitter = 0.1`"),
        ("jitter = \"10%\"", "`jitter = 0.1`"),
        ("stale_while_revalidate", "in seconds, `300`"),
        ("stale_if_error = true", "Duration"),
        ("early_refresh", "`early_refresh = true`"),
        ("early_refresh = 0", "a number above zero"),
        ("early_refresh = \"2\"", "a number above zero"),
        ("on_hit = \"log\"", "`on_hit = log_hit`"),
        ("single_flight = false", "\"off\""),
        ("single_flight = \"no\"", "\"off\""),
        ("local = true", "alone, `local`"),
        ("background = true, early_refresh = true", "alone, `background`"),
        ("in_impl = true", "alone, `in_impl`"),
        ("companions = \"public\"", "`companions = pub(crate)`"),
        ("companions", "`companions = false`"),
        ("crate = \"x\"", "as a path"),
    ] {
        refused_options(options, &[&[form]]);
    }
}

#[test]
fn a_lifetime_is_positive_and_has_a_known_unit() {
    for zero in [
        "0",
        "\"0s\"",
        "Duration::ZERO",
        "std::time::Duration::from_millis(0)",
        "Duration::new(0, 0)",
    ] {
        refused_options(&format!("ttl = {zero}"), &[&["lifetime of zero", "`ttl`"]]);
    }
    refused_options("cache_err = true, err_ttl = 0", &[&["lifetime of zero", "`err_ttl`"]]);
    refused_options("ttl = -5", &[&["cannot be negative"]]);
    refused_options("ttl = 1.5", &[&["whole numbers", "\"1500ms\""]]);
    refused_options("ttl = 5 * (30 + 30)", &[&["`Duration`", "`ttl = \"5m\"`"]]);
    refused_options("ttl = 5m", &[&["in quotes", "`ttl = \"5m\"`"]]);
    refused_options("ttl = \"5 apples\"", &[&["`5 apples` is not a lifetime", "\"5m\""]]);
    refused_options("ttl = 18446744073709551615", &[&["too many seconds", "forever"]]);
}

#[test]
fn contradictions_are_told_at_the_option_that_goes() {
    refused_options("ttl = 1, ttl = 2", &[&["`ttl` is given twice", "keep one"]]);
    refused_options("key = user, skip(id)", &[&["keep one, `skip` or `key`"]]);
    refused_options("ttl = 5, ttl_with = f", &[&["choose one"]]);
    refused_options("err_ttl = 5", &[&["add `cache_err = true`"]]);
    refused_options("err_ttl = 5, cache_err = false", &[&["add `cache_err = true`"]]);
    for option in ["cache_if = f", "ttl_with = f", "cache_err = true", "local"] {
        refused_options(
            &format!("store_result = false, {option}"),
            &[&["with `store_result = false`"]],
        );
    }
    for (options, words) in [
        ("", "there is no old value to answer with"),
        ("early_refresh = false", "there is no old value to answer with"),
        ("early_refresh = true, background", "add `stale_if_error`"),
        ("store_result = false", "remove `soft_timeout`"),
    ] {
        refused_options(&format!("soft_timeout = 1, {options}"), &[&[words]]);
    }
    refused_options(
        "soft_timeout = \"forever\", early_refresh = true",
        &[&["remove `soft_timeout`"]],
    );
    refused(
        "#[cache_memoize(early_refresh = true, soft_timeout = 2, hard_timeout = 2)] async fn f() -> R { r() }",
        &[&["give `soft_timeout` less"]],
    );
    for options in [
        "stale_if_error = 1",
        "early_refresh = true",
        "stale_if_error = 9, early_refresh = true, background",
        "stale_while_revalidate = 9, local",
    ] {
        let function =
            format!("#[cache_memoize(soft_timeout = 1, {options})] fn f() -> R {{ r() }}");
        assert!(messages(&function).is_empty(), "{options}: {:?}", messages(&function));
    }
    assert!(messages("#[cache_memoize(store_result = true, local)] fn f() -> u8 { 1 }").is_empty());
}

#[test]
fn what_may_outlive_its_call_borrows_nothing() {
    for (option, head) in [
        ("background", "early_refresh = true, background"),
        ("soft_timeout", "early_refresh = true, soft_timeout = 1"),
        ("background", "stale_if_error = 9, early_refresh = true, background, soft_timeout = 1"),
    ] {
        let words = format!("with `{option}` the function may run after");
        let function = format!(
            "#[cache_memoize({head})] fn f(a: &str, b: &'static str, c: String) -> u8 {{ 1 }}"
        );
        refused(&function, &[&[&words, "`String`"]]);
        let block = format!(
            "#[cache_memoize] impl A {{ #[cache_memoize({head})] fn f(&self) -> u8 {{ 1 }} }}"
        );
        refused(&block, &[&[&words, "`self: Arc<Self>`"]]);
    }
}

#[test]
fn several_mistakes_are_told_at_once() {
    refused(
        "#[cache_memoize(tll = 3, ttl = |, skip(usr), version = x)] const fn f(user: &u8) -> &u8 { user }",
        &[
            &["`ttl` is written in seconds", "expected"],
            &["did you mean `ttl`?"],
            &["`version = 2`"],
            &["remove `const`"],
            &["borrowed"],
            &["did you mean `user`?"],
        ],
    );
}

#[test]
fn the_function_stays_in_place() {
    let expansion =
        expanded("#[cache_memoize(zebra)] pub fn f(mut n: u8) -> u8 { n += 1; n }").to_string();
    let original =
        syn::parse_str::<syn::ItemFn>("pub fn f(mut n: u8) -> u8 { n += 1; n }").unwrap();
    assert!(expansion.starts_with(&quote::quote!(#original).to_string()), "{expansion}");
}

#[test]
fn skip_names_whole_arguments() {
    refused_options("skip(usr)", &[&["`usr` is no argument", "did you mean `user`?"]]);
    refused_options("skip(zebra)", &[&["`zebra` is no argument", "user, id"]]);
    refused_options("skip(user, user)", &[&["skipped twice"]]);
    refused(
        "#[cache_memoize(skip(self))] fn f() -> u8 { 1 }",
        &[&["`self` is no argument", "none"]],
    );
    refused(
        "#[cache_memoize(skip(a))] fn f((a, b): (u8, u8)) -> u8 { 1 }",
        &[&["part of an argument", "`key`"]],
    );
}

#[test]
fn functions_that_cannot_be_remembered_are_refused() {
    for (function, words) in [
        ("const fn f() -> u8 { 1 }", "remove `const`"),
        ("unsafe fn f() -> u8 { 1 }", "safe function that calls this one"),
        ("extern \"C\" fn f() -> u8 { 1 }", "Rust function that calls this one"),
        ("fn f() -> impl Iterator<Item = u8> { [1].into_iter() }", "name the type"),
        ("fn f() -> Option<impl Fn(&u8)> { None }", "name the type"),
        ("fn f(a: &str) -> &str { a }", "return an owned one"),
        ("fn f<'a>(a: &'a str) -> Cow<'a, str> { a.into() }", "return an owned one"),
        ("fn f(a: &str) -> Words<'_> { a.into() }", "return an owned one"),
        ("fn f() -> Option<&'static str> { None }", "add `local`"),
        ("fn f(a: &A) -> <A as B>::Words<'_> { a.words() }", "return an owned one"),
        ("fn f() -> ! { loop {} }", "never returns"),
        ("fn f(#[cfg(unix)] a: u8) -> u8 { 1 }", "two functions"),
        ("fn f() -> Self { Self::new() }", "add `in_impl`"),
        ("fn f() -> u8 { Self::ONE }", "add `in_impl`"),
    ] {
        refused(&format!("#[cache_memoize] {function}"), &[&[words]]);
    }
    let variadic = "unsafe extern \"C\" fn f(a: u8, ...) -> u8 { 1 }";
    refused(
        &format!("#[cache_memoize] {variadic}"),
        &[&["safe"], &["Rust function"], &["variadic"]],
    );
}

#[test]
fn what_only_looks_borrowed_is_let_through() {
    for function in [
        "#[cache_memoize(local)] fn f() -> &'static str { \"\" }",
        "#[cache_memoize] fn f() -> Cow<'static, str> { \"\".into() }",
        "#[cache_memoize(local)] fn f() -> Arc<dyn Fn(&str) -> &str> { todo() }",
        "#[cache_memoize(local)] fn f() -> fn(&str) -> &str { todo() }",
        "#[cache_memoize] fn f() -> <&'static str as ToOwned>::Owned { String::new() }",
        "#[cache_memoize] impl Shape<&str> for A { type Out = u8; #[cache_memoize] fn f(&self) -> Self::Out { 1 } }",
        "#[cache_memoize] fn f() -> u8 { struct A; impl A { fn new() -> Self { Self } } 1 }",
    ] {
        assert!(messages(function).is_empty(), "{function}: {:?}", messages(function));
    }
}

#[test]
fn other_items_are_pointed_to_functions() {
    let expansion = |item: &str| {
        crate::expand::attribute(TokenStream::new(), item.parse().unwrap()).to_string()
    };
    for item in ["struct A;", "trait A { fn f(); }", "const A: u8 = 1;", "mod a {}"] {
        assert!(
            expansion(item).contains("goes on a function, a method or an `impl` block"),
            "{item}"
        );
    }
    assert!(expansion("fn f(&self) -> u8;").contains("has no body to memoize"));
    assert!(expansion("pub const async unsafe fn f(&self) -> u8 { 1 }").contains("remove `const`"));
}

#[test]
fn impl_blocks_report_their_functions_mistakes_and_keep_them() {
    refused(
        "#[cache_memoize(ttl = 5)] impl A { #[cache_memoize(tll = 1)] fn f(&self) -> u8 { 1 } }",
        &[&["takes no options"], &["did you mean `ttl`?"]],
    );
    refused(
        "#[cache_memoize] impl A { fn f(&self) -> u8 { 1 } }",
        &[&["no function in this block"]],
    );
    refused(
        "#[cache_memoize] impl A { #[cache_memoize] #[cache_memoize] fn f(&self) -> u8 { 1 } }",
        &[&["annotated twice"]],
    );
    refused(
        "#[cache_memoize] impl A { #[cache_memoize = 3] fn f(&self) -> u8 { 1 } }",
        &[&["in parentheses"]],
    );
}

#[test]
fn trait_impls_without_a_type_of_their_own_are_told_the_way_out() {
    for head in [
        "<T> Shape for T",
        "Shape for u8",
        "Shape for Vec<u8>",
        "Shape for (A, B)",
        "Shape for &A",
        "<T> Shape<T> for A",
    ] {
        let block = |options: &str| {
            format!("#[cache_memoize] impl{head} {{ #[cache_memoize{options}] fn f(&self) -> u8 {{ 1 }} }}")
                .replace("implShape", "impl Shape")
        };
        refused(&block(""), &[&["add `companions = false`"]]);
        assert!(messages(&block("(companions = false)")).is_empty(), "{head}");
    }
}

#[test]
fn a_hook_cannot_see_a_receiver_that_the_body_holds() {
    let block = |receiver: &str, options: &str| {
        format!(
            "#[cache_memoize] impl A {{ #[cache_memoize(companions = false{options})] fn f({receiver}) -> u8 {{ 1 }} }}"
        )
    };
    refused(&block("&mut self", ", on_hit = log"), &[&["take `&self`", "`skip(self)`"]]);
    assert!(messages(&block("&self", ", on_hit = log")).is_empty());
    assert!(messages(&block("self", ", on_hit = log, skip(self)")).is_empty());
}

#[test]
fn derive_says_what_it_cannot_do() {
    refused("#[derive(CacheKey)] union U { a: u8 }", &[&["union", "by hand"]]);
    refused(
        "struct A { #[cache_key(skp)] a: u8, #[cache_key(skip = true)] b: u8, #[cache_key(crate = x)] c: u8 }",
        &[&["did you mean `skip`?"], &["written alone"], &["goes on the type"]],
    );
    refused("#[cache_key(skip)] struct A;", &[&["goes on a field"]]);
    refused("enum A { #[cache_key(skip)] B }", &[&["at its fields"]]);
}

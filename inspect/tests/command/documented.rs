//! The guide tells of every field that a program may read.

use crate::support::{cache, json, json_and_code, page, servers, with};
use serde_json::Value;
use std::collections::BTreeSet;

const GUIDE: &str = include_str!("../../../docs/guide/inspecting.md");

#[test]
fn every_field_is_in_the_guide() {
    let mut fields = BTreeSet::new();
    for (url, _server) in servers() {
        with(&cache(&url, "app"), || page(1, "a"));
        collect(&json(&["list", &url, "app"]), &mut fields);
        collect(&json(&["explain", &url, "app|page(1,a)"]), &mut fields);
        collect(&json(&["measure", &url, "app"]), &mut fields);
        collect(&json(&["invalidate", &url, "app", "--all"]), &mut fields);
        collect(&json_and_code(&["explain", &url, "nobody"]).0, &mut fields);
    }
    assert!(fields.len() > 40, "{fields:?}");
    let missing: Vec<_> =
        fields.iter().filter(|field| !GUIDE.contains(&format!("`{field}`"))).collect();
    assert!(missing.is_empty(), "the guide does not tell of {missing:?}");
}

fn collect(value: &Value, fields: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            fields.insert(name.clone());
            collect(member, fields);
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(item, fields)),
        _ => {}
    }
}

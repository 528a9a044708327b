//! No two files of a folder import each other, directly or in a circle.
//!
//! A file with its own submodules is one place with them: a module and its child may use each other. A name that a parent
//! re-exports counts as an import of the file that defines it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::Visit;
use syn::{UseTree, Visibility};

/// The path of a module in its crate, for example `["decide", "block"]`. The root of the crate is empty.
type Module = Vec<String>;

/// The code of one module without its test modules, as far as this test needs it.
struct Code {
    /// Every path of two or more segments that the code names, as written.
    paths: Vec<Vec<String>>,
    /// For each name that the module imports or re-exports, the path that it stands for.
    imports: BTreeMap<String, Vec<String>>,
}

#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
    imports: BTreeMap<String, Vec<String>>,
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if is_test(&item.attrs) {
            return;
        }
        let is_private = matches!(item.vis, Visibility::Inherited);
        for (name, path) in leaves(&item.tree, &[]) {
            self.found.push(path.clone());
            if !is_private {
                self.imports.insert(name, path);
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.found.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|argument| argument.is_ident("test"))
    })
}

/// Each name of a `use` with its whole path.
fn leaves(tree: &UseTree, prefix: &[String]) -> Vec<(String, Vec<String>)> {
    let with = |name: String| prefix.iter().cloned().chain([name]).collect::<Vec<_>>();
    match tree {
        UseTree::Path(path) => leaves(&path.tree, &with(path.ident.to_string())),
        UseTree::Group(group) => group.items.iter().flat_map(|tree| leaves(tree, prefix)).collect(),
        UseTree::Name(name) if name.ident == "self" => {
            vec![(prefix.last().cloned().unwrap_or_default(), prefix.to_vec())]
        }
        UseTree::Name(name) => vec![(name.ident.to_string(), with(name.ident.to_string()))],
        UseTree::Rename(rename) => vec![(rename.rename.to_string(), with(rename.ident.to_string()))],
        UseTree::Glob(_) => vec![("*".to_owned(), prefix.to_vec())],
    }
}

/// All modules below `folder`, which holds the files of the module `of`.
fn modules(folder: &Path, of: &[String], found: &mut BTreeMap<Module, Code>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        if stem.contains("tests") {
            continue;
        }
        let module = |name: &str| of.iter().cloned().chain([name.to_owned()]).collect::<Module>();
        if path.is_dir() {
            modules(&path, &module(&stem), found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            let mut paths = Paths::default();
            paths.visit_file(&file);
            let name = if ["lib", "main", "mod"].contains(&stem.as_str()) { of.to_vec() } else { module(&stem) };
            found.insert(name, Code { paths: paths.found, imports: paths.imports });
        }
    }
}

/// The module that a path written in `from` leads to, as far as it is one of `all`. Follows re-exports.
fn target(path: &[String], from: &[String], all: &BTreeMap<Module, Code>) -> Option<Module> {
    let mut rest = path.iter();
    let mut at: Module = match rest.next()?.as_str() {
        "crate" => Vec::new(),
        "self" => from.to_vec(),
        "super" => from.split_last()?.1.to_vec(),
        first => {
            // A child of the module itself, for example `mod child; child::function()`.
            let child: Module = from.iter().cloned().chain([first.to_owned()]).collect();
            all.contains_key(&child).then_some(child)?
        }
    };
    for name in rest {
        if name == "super" {
            at.pop()?;
            continue;
        }
        let child: Module = at.iter().cloned().chain([name.clone()]).collect();
        if all.contains_key(&child) {
            at = child;
            continue;
        }
        // A name of the module. If that one only re-exports it, what counts is where it comes from.
        let origin = all.get(&at).and_then(|code| code.imports.get(name));
        let origin = origin.filter(|origin| origin.as_slice() != path);
        return origin.and_then(|origin| target(origin, &at, all)).or(Some(at));
    }
    Some(at)
}

/// For each folder, which of its files imports which.
fn edges(all: &BTreeMap<Module, Code>) -> BTreeMap<Module, BTreeMap<String, BTreeSet<String>>> {
    let mut edges: BTreeMap<Module, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (from, code) in all {
        for to in code.paths.iter().filter_map(|path| target(path, from, all)) {
            let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            // Only files of one folder. A module and one of its own descendants have no two names here.
            let (Some(a), Some(b)) = (from.get(shared), to.get(shared)) else { continue };
            if from.len() == shared + 1 && to.len() == shared + 1 {
                edges.entry(from[..shared].to_vec()).or_default().entry(a.clone()).or_default().insert(b.clone());
            }
        }
    }
    edges
}

/// A file that can be reached from itself.
fn circle(edges: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    edges.keys().find_map(|start| {
        let mut reached: BTreeSet<&String> = BTreeSet::new();
        let mut open: Vec<&String> = edges[start].iter().collect();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(edges.get(next).into_iter().flatten());
            }
        }
        let returns = |name: &&String| edges.get(*name).is_some_and(|to| to.contains(start));
        let back = reached.iter().copied().find(returns).cloned()?;
        reached.contains(start).then(|| vec![start.clone(), back])
    })
}

#[test]
fn no_two_files_of_a_folder_import_each_other() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let crates = ["timeline", "tools", "protocol", "model", "phrases", "offline", "agent", "client", "evals", "xtask"];
    let mut problems = Vec::new();
    for name in crates {
        let mut all = BTreeMap::new();
        modules(&root.join(name).join("src"), &[], &mut all);
        assert!(all.len() > 1, "{name} has no modules");
        for (folder, edges) in edges(&all) {
            if let Some(files) = circle(&edges) {
                problems.push(format!("{name}/src/{}: {} in a circle", folder.join("/"), files.join(" and ")));
            }
        }
    }
    assert!(problems.is_empty(), "files import each other:\n{}", problems.join("\n"));
}

#[test]
fn a_circle_through_a_third_file_is_found() {
    let edges = |list: &[(&str, &str)]| {
        let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in list {
            edges.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        edges
    };
    assert!(circle(&edges(&[("a", "b"), ("b", "c"), ("d", "a")])).is_none());
    assert!(circle(&edges(&[("a", "b"), ("b", "c"), ("c", "a")])).is_some());
}

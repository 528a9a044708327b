//! The page and what it names: hashed file names, and the placeholders of `index.html` that stand for them.

use anyhow::{Context, Result, bail};

use super::stamp::short_hash;

/// The names that wasm-bindgen and `client/extras.js` have for the two modules: what the first picture needs, and the rest.
pub const FIRST: &str = "app_bg.wasm";
/// See [`FIRST`].
pub const REST: &str = "extras.wasm";

/// One file with its hash in its name.
pub struct Asset {
    /// As a URL path: `/assets/app-0123456789.js`.
    pub path: String,
    /// What is in it.
    pub content: Vec<u8>,
}

impl Asset {
    /// Names `content` by its hash.
    pub fn new(name: &str, content: Vec<u8>, extension: &str) -> Self {
        Self { path: format!("/assets/{name}-{}.{extension}", short_hash(&content)), content }
    }
}

/// The name that `client/extras.js` has for the styles of the rest.
pub const REST_STYLE: &str = "extras.css";

/// The names that the script has for what it loads, each relative to itself (`new URL(…, import.meta.url)`).
const LOADED: [&str; 3] = [FIRST, REST, REST_STYLE];

/// Scripts, modules and style sheets of the client.
pub struct Assets {
    early: Asset,
    first: Asset,
    rest: Asset,
    script: Asset,
    style: Asset,
    rest_style: Asset,
}

impl Assets {
    /// Names the files, and lets the script load modules and styles, of the first and of the rest, by their new names.
    pub fn new(early: Vec<u8>, modules: [Vec<u8>; 2], script: &[u8], styles: [Vec<u8>; 2]) -> Result<Self> {
        let ([first, rest], [style, rest_style]) = (modules, styles);
        let (first, rest) = (Asset::new("app", first, "wasm"), Asset::new("extras", rest, "wasm"));
        let rest_style = Asset::new("extras", rest_style, "css");
        let mut script = std::str::from_utf8(script).context("the client's script is not UTF-8")?.to_owned();
        for (known, asset) in LOADED.into_iter().zip([&first, &rest, &rest_style]) {
            if !script.contains(known) {
                bail!("the client's script does not load {known}: has wasm-bindgen changed how it does that?");
            }
            // All are in one folder.
            let (_, name) = asset.path.rsplit_once('/').unwrap_or_default();
            script = script.replace(known, name);
        }
        let script = Asset::new("app", script.into_bytes(), "js");
        Ok(Self {
            early: Asset::new("early", early, "js"),
            first,
            rest,
            script,
            style: Asset::new("app", style, "css"),
            rest_style,
        })
    }

    /// All files.
    pub fn into_files(self) -> [Asset; 6] {
        [self.early, self.first, self.rest, self.script, self.style, self.rest_style]
    }
}

/// Puts the names into the page: `{{early.js}}`, `{{app.js}}`, `{{app.css}}` and `{{app.wasm}}`, each as often as it stands
/// there.
pub fn fill(page: &str, assets: &Assets) -> Result<String> {
    let names = [
        ("{{early.js}}", &assets.early),
        ("{{app.js}}", &assets.script),
        ("{{app.css}}", &assets.style),
        ("{{app.wasm}}", &assets.first),
    ];
    let filled = names.iter().fold(page.to_owned(), |page, (name, asset)| page.replace(name, &asset.path));
    if let Some((_, rest)) = filled.split_once("{{") {
        let name = rest.split("}}").next().unwrap_or_default();
        bail!(
            "client/public/index.html has the placeholder {{{{{name}}}}}; known are early.js, app.js, app.css and app.wasm"
        );
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &[u8] = b"load('app_bg.wasm', 'extras.wasm', 'extras.css')";

    fn assets_of(first: &str, rest: &str) -> Assets {
        Assets::new(b"early".to_vec(), [first.into(), rest.into()], SCRIPT, [b"css".to_vec(), b"later".to_vec()])
            .unwrap()
    }

    fn assets() -> Assets {
        assets_of("first", "rest")
    }

    #[test]
    fn the_script_loads_modules_and_styles_by_their_hashed_names() {
        let [_, first, rest, script, style, rest_style] = assets().into_files();
        let name = |asset: &Asset| asset.path.rsplit_once('/').unwrap().1.to_owned();
        let (first, rest, rest_style) = (name(&first), name(&rest), name(&rest_style));
        let expected = format!("load('{first}', '{rest}', '{rest_style}')");
        assert_eq!(String::from_utf8(script.content).unwrap(), expected);
        assert!(first.starts_with("app-") && rest.starts_with("extras-") && rest.ends_with(".wasm"));
        assert!(rest_style.starts_with("extras-") && rest_style.ends_with(".css"));
        assert!(script.path.ends_with(".js") && style.path.ends_with(".css"));
    }

    #[test]
    fn a_change_of_a_module_renames_the_script_too() {
        let script = |assets: Assets| assets.script.path;
        assert_eq!(script(assets()), script(assets_of("first", "rest")));
        assert_ne!(script(assets()), script(assets_of("other", "rest")));
        assert_ne!(script(assets()), script(assets_of("first", "other")));
    }

    #[test]
    fn a_script_that_loads_no_module_is_an_error() {
        assert!(Assets::new(Vec::new(), [Vec::new(), Vec::new()], b"nothing", [Vec::new(), Vec::new()]).is_err());
    }

    #[test]
    fn placeholders_become_names() {
        let assets = assets();
        let page = fill("<link href={{app.css}}><script src={{app.js}}></script><i>{{app.js}}</i>", &assets).unwrap();
        let (script, style) = (&assets.script.path, &assets.style.path);
        assert_eq!(page, format!("<link href={style}><script src={script}></script><i>{script}</i>"));
    }

    #[test]
    fn an_unknown_placeholder_is_named() {
        let error = fill("<p>{{app.ts}}</p>", &assets()).unwrap_err().to_string();
        assert!(error.contains("{{app.ts}}"), "{error}");
    }
}

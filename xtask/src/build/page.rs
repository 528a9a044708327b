//! The page and what it names: hashed file names, and the placeholders of `index.html` that stand for them.

use anyhow::{Context, Result, bail};

use super::client::Asset;

/// The name that wasm-bindgen's script has for its module.
const MODULE: &str = "app_bg.wasm";

/// Script, wasm and style sheet of the client.
pub struct Assets {
    wasm: Asset,
    script: Asset,
    style: Asset,
}

impl Assets {
    /// Names the files, and lets the script load the module by its new name.
    pub fn new(wasm: Vec<u8>, script: &[u8], style: Vec<u8>) -> Result<Self> {
        let wasm = Asset::new(wasm, "wasm");
        let script = std::str::from_utf8(script).context("the client's script is not UTF-8")?;
        if !script.contains(MODULE) {
            bail!("the client's script does not load {MODULE}: has wasm-bindgen changed how it does that?");
        }
        // Relative to the script, as wasm-bindgen has it (`new URL(…, import.meta.url)`), and both are in one folder.
        let (_, name) = wasm.path.rsplit_once('/').unwrap_or_default();
        let script = Asset::new(script.replace(MODULE, name).into_bytes(), "js");
        Ok(Self { wasm, script, style: Asset::new(style, "css") })
    }

    /// All files.
    pub fn into_files(self) -> [Asset; 3] {
        [self.wasm, self.script, self.style]
    }
}

/// Puts the names into the page: `{{app.js}}`, `{{app.css}}` and `{{app.wasm}}`, each as often as it stands there.
pub fn fill(page: &str, assets: &Assets) -> Result<String> {
    let names = [("{{app.js}}", &assets.script), ("{{app.css}}", &assets.style), ("{{app.wasm}}", &assets.wasm)];
    let filled = names.iter().fold(page.to_owned(), |page, (name, asset)| page.replace(name, &asset.path));
    if let Some((_, rest)) = filled.split_once("{{") {
        let name = rest.split("}}").next().unwrap_or_default();
        bail!("client/public/index.html has the placeholder {{{{{name}}}}}; known are app.js, app.css and app.wasm");
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets() -> Assets {
        Assets::new(b"wasm".to_vec(), b"fetch(new URL('app_bg.wasm', import.meta.url))", b"css".to_vec()).unwrap()
    }

    #[test]
    fn the_script_loads_the_module_by_its_hashed_name() {
        let [wasm, script, style] = assets().into_files();
        let (_, name) = wasm.path.rsplit_once('/').unwrap();
        assert_eq!(String::from_utf8(script.content).unwrap(), format!("fetch(new URL('{name}', import.meta.url))"));
        assert!(wasm.path.starts_with("/assets/app-") && wasm.path.ends_with(".wasm"));
        assert!(script.path.ends_with(".js") && style.path.ends_with(".css"));
    }

    #[test]
    fn a_change_of_the_module_renames_the_script_too() {
        let other = Assets::new(b"mawm".to_vec(), b"app_bg.wasm", b"css".to_vec()).unwrap();
        let same = Assets::new(b"wasm".to_vec(), b"app_bg.wasm", b"css".to_vec()).unwrap();
        assert_ne!(other.script.path, same.script.path);
    }

    #[test]
    fn a_script_that_loads_no_module_is_an_error() {
        assert!(Assets::new(Vec::new(), b"nothing", Vec::new()).is_err());
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

//! Where the program is taken apart. The names are those by which `wasm-split` finds the two sides of the cut, and the script
//! that it needs finds the module (`client/extras.js`).

use dioxus::prelude::*;

use super::{Part, draw as draw_here};

/// Whether the rest of the program could be loaded. Once it is there it stays.
#[cfg(not(target_arch = "wasm32"))]
pub async fn load() -> bool {
    true
}

/// Draws a part.
#[cfg(not(target_arch = "wasm32"))]
pub fn draw(part: Part) -> Element {
    draw_here(part)
}

#[cfg(target_arch = "wasm32")]
pub use cut::{draw, load};

#[cfg(target_arch = "wasm32")]
#[expect(unsafe_code, reason = "calls across the cut go through JavaScript, which knows no types of Rust")]
mod cut {
    use std::ffi::c_void;

    use futures::channel::oneshot;

    use super::*;

    #[link(wasm_import_module = "./extras.js")]
    unsafe extern "C" {
        #[link_name = "load"]
        fn load_module(loaded: unsafe extern "C" fn(*mut c_void, bool), sender: *mut c_void);
        #[link_name = "__wasm_split_00___extras___00_import_0_part"]
        fn imported_part(part: *mut c_void) -> *mut c_void;
    }

    /// Whether the rest of the program could be loaded. Once it is there it stays.
    pub async fn load() -> bool {
        let (sender, receiver) = oneshot::channel::<bool>();
        let sender = Box::into_raw(Box::new(sender));
        // SAFETY: the script calls `loaded` exactly once, with what it was given here.
        unsafe { load_module(loaded, sender.cast()) };
        receiver.await.unwrap_or(false)
    }

    unsafe extern "C" fn loaded(sender: *mut c_void, is_there: bool) {
        // SAFETY: it was made of such a box in `load`, and comes back once.
        let sender = unsafe { Box::from_raw(sender.cast::<oneshot::Sender<bool>>()) };
        let _ = sender.send(is_there);
    }

    /// Draws a part. Only after [`load`] has said that it is there.
    pub fn draw(part: Part) -> Element {
        let part = Box::into_raw(Box::new(part));
        // SAFETY: the other side is `exported_part`, which takes a boxed part and gives a boxed element.
        *unsafe { Box::from_raw(imported_part(part.cast()).cast::<Element>()) }
    }

    #[unsafe(export_name = "__wasm_split_00___extras___00_export_0_part")]
    extern "C" fn exported_part(part: *mut c_void) -> *mut c_void {
        // SAFETY: only `draw` calls it.
        let part = unsafe { Box::from_raw(part.cast::<Part>()) };
        Box::into_raw(Box::new(draw_here(*part))).cast()
    }
}

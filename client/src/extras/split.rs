//! The point at which the program is split. `wasm-split` finds the two sides by these names; `client/extras.js` loads the
//! second module.

use dioxus::prelude::*;

use super::{Part, draw as draw_here};

/// Loads the rest of the program. Returns whether that succeeded. Once loaded, it stays.
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

    /// Loads the rest of the program. Returns whether that succeeded. Once loaded, it stays.
    pub async fn load() -> bool {
        let (sender, receiver) = oneshot::channel::<bool>();
        let sender = Box::into_raw(Box::new(sender));
        // SAFETY: the script calls `loaded` exactly once, with the pointer that it gets here.
        unsafe { load_module(loaded, sender.cast()) };
        receiver.await.unwrap_or(false)
    }

    unsafe extern "C" fn loaded(sender: *mut c_void, is_there: bool) {
        // SAFETY: `load` made the pointer from such a box, and it comes back only once.
        let sender = unsafe { Box::from_raw(sender.cast::<oneshot::Sender<bool>>()) };
        let _ = sender.send(is_there);
    }

    /// Draws a part. Call it only after [`load`] has returned true.
    pub fn draw(part: Part) -> Element {
        let part = Box::into_raw(Box::new(part));
        // SAFETY: the other side is `exported_part`, which takes a boxed part and returns a boxed element.
        *unsafe { Box::from_raw(imported_part(part.cast()).cast::<Element>()) }
    }

    #[unsafe(export_name = "__wasm_split_00___extras___00_export_0_part")]
    extern "C" fn exported_part(part: *mut c_void) -> *mut c_void {
        // SAFETY: only `draw` calls it.
        let part = unsafe { Box::from_raw(part.cast::<Part>()) };
        Box::into_raw(Box::new(draw_here(*part))).cast()
    }
}

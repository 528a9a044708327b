//! The point at which the program is split. `wasm-split` finds the two sides by these names; `client/extras.js` loads the
//! second module. Everything that crosses it is a `Job`.

use dioxus::prelude::*;
use flux_protocol::frame::RpcResponse;

use super::{Part, draw as draw_here};
use crate::calls::Call;
use crate::store::Store;

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

/// Handles the response to a call.
#[cfg(not(target_arch = "wasm32"))]
pub fn conclude(mut store: Store, call: Call, response: RpcResponse) {
    store.show_outcome(call, response);
}

#[cfg(target_arch = "wasm32")]
pub use cut::{conclude, draw, load};

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
        #[link_name = "__wasm_split_00___extras___00_import_0_job"]
        fn imported_job(job: *mut c_void) -> *mut c_void;
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

    /// What the first module leaves to the second. There is only one cut, because each would make a module of its own.
    #[expect(clippy::large_enum_variant, reason = "a job is put into a box as soon as it is made")]
    enum Job {
        Draw(Part),
        Conclude(Store, Call, RpcResponse),
    }

    /// Draws a part. Call it only after [`load`] has returned true.
    pub fn draw(part: Part) -> Element {
        run(Job::Draw(part))
    }

    /// Handles the response to a call. Call it only after [`load`] has returned true.
    pub fn conclude(store: Store, call: Call, response: RpcResponse) {
        let _ = run(Job::Conclude(store, call, response));
    }

    fn run(job: Job) -> Element {
        let job = Box::into_raw(Box::new(job));
        // SAFETY: the other side is `exported_job`, which takes a boxed job and returns a boxed element.
        *unsafe { Box::from_raw(imported_job(job.cast()).cast::<Element>()) }
    }

    #[unsafe(export_name = "__wasm_split_00___extras___00_export_0_job")]
    extern "C" fn exported_job(job: *mut c_void) -> *mut c_void {
        // SAFETY: only `run` calls it.
        let job = unsafe { Box::from_raw(job.cast::<Job>()) };
        let drawn = match *job {
            Job::Draw(part) => draw_here(part),
            Job::Conclude(mut store, call, response) => {
                store.show_outcome(call, response);
                rsx! {}
            }
        };
        Box::into_raw(Box::new(drawn)).cast()
    }
}

//! Where the browser is, and what is usual there.

use chrono::Weekday;
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::window;

/// The browser's language, such as `en-GB`.
pub fn language() -> String {
    window().and_then(|window| window.navigator().language()).unwrap_or_else(|| "en".to_owned())
}

/// The browser's time zone, as an IANA name.
pub fn time_zone() -> Option<String> {
    resolved(&Object::new(), "timeZone")?.as_string()
}

/// Whether the browser's locale writes 8:00 PM and not 20:00; `None` if it does not say.
pub fn has_12_hours() -> Option<bool> {
    resolved(&options(&[("hour", "numeric")])?, "hour12")?.as_bool()
}

/// The first day of the week in the browser's locale; `None` if it does not say.
pub fn first_weekday() -> Option<Weekday> {
    let constructor: Function = property(&property(&js_sys::global(), "Intl")?, "Locale")?.dyn_into().ok()?;
    let locale = Reflect::construct(&constructor, &Array::of1(&language().into())).ok()?;
    // A method by now, and a property in older browsers.
    let week = match property(&locale, "getWeekInfo")?.dyn_into::<Function>() {
        Ok(method) => method.call0(&locale).ok()?,
        Err(_) => property(&locale, "weekInfo")?,
    };
    // 1 is Monday.
    match property(&week, "firstDay")?.as_f64()? {
        7.0 => Some(Weekday::Sun),
        6.0 => Some(Weekday::Sat),
        1.0 => Some(Weekday::Mon),
        _ => None,
    }
}

/// Whether two time zones have the same time now and three, six and nine months from now. False if the browser does not know one of them.
pub fn is_same_zone(one: &str, other: &str) -> bool {
    const THREE_MONTHS_MS: f64 = 7_889_400_000.0;
    let time_in = |zone: &str, at: f64| -> Option<String> {
        let options = options(&[("timeZone", zone), ("dateStyle", "short"), ("timeStyle", "short")])?;
        let date = Date::new(&at.into());
        // Called like this, because it throws if it does not know the zone.
        let text: Function = property(&date, "toLocaleString")?.dyn_into().ok()?;
        text.call2(&date, &"en".into(), &options).ok()?.as_string()
    };
    one == other
        || (0..4).all(|number| {
            let at = Date::now() + f64::from(number) * THREE_MONTHS_MS;
            time_in(one, at).is_some_and(|time| Some(time) == time_in(other, at))
        })
}

/// What the browser's locale makes of a format with these options.
fn resolved(options: &Object, name: &str) -> Option<JsValue> {
    property(&Intl::DateTimeFormat::new(&Array::new(), options).resolved_options(), name)
}

fn options(options: &[(&str, &str)]) -> Option<Object> {
    let object = Object::new();
    for (name, value) in options {
        Reflect::set(&object, &(*name).into(), &(*value).into()).ok()?;
    }
    Some(object)
}

fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok()
}

//! Reads tagged enums without serde's own code for them.
//!
//! serde reads `{"type": …, …}` and flattened fields through a buffer type, and generates a second copy of the code of each type
//! for it. That was a tenth of the Worker and of the client. A [`Value`] can serve as the buffer, and is in the program
//! anyway. So the types derive the plain form `{"NAME": payload}`, and the functions here convert to it.

use serde::de::Error;
use serde_json::{Map, Value};

use crate::json;

/// Converts `{tag: NAME, …fields}` to `{NAME: {…fields}}`, or to `NAME` for the names in `units`, which have no fields.
///
/// # Errors
/// If the value is not an object with a tag.
pub fn from_internal<E: Error>(value: Value, tag: &'static str, units: &[&str]) -> Result<Value, E> {
    let (name, fields) = split(value, tag)?;
    if units.contains(&name.as_str()) {
        return Ok(Value::String(name));
    }
    Ok(json::object([(name, Value::Object(fields))]))
}

/// As [`from_internal`], with `unknown` for each name that is not in `known`.
///
/// # Errors
/// If the value is not an object with a tag.
pub fn from_open<E: Error>(value: Value, tag: &'static str, units: &[&str], known: &[&str]) -> Result<Value, E> {
    let is_known = value.get(tag).and_then(Value::as_str).is_none_or(|name| known.contains(&name));
    if is_known { from_internal(value, tag, units) } else { Ok(Value::String("unknown".to_owned())) }
}

/// Converts `{tag: NAME, content: payload}` to `{NAME: payload}` and ignores other fields.
///
/// # Errors
/// If the value is not an object with both fields.
pub fn from_adjacent<E: Error>(value: Value, tag: &'static str, content: &'static str) -> Result<Value, E> {
    let (name, mut fields) = split(value, tag)?;
    let payload = fields.remove(content).ok_or_else(|| E::missing_field(content))?;
    Ok(json::object([(name, payload)]))
}

fn split<E: Error>(value: Value, tag: &'static str) -> Result<(String, Map<String, Value>), E> {
    let Value::Object(mut fields) = value else { return Err(E::custom("expected an object")) };
    match fields.remove(tag) {
        Some(Value::String(name)) => Ok((name, fields)),
        _ => Err(E::missing_field(tag)),
    }
}

/// Defines an enum that serde writes with a tag, and that is read through its plain form as described above.
///
/// `internal "type", units [..]` is `#[serde(tag = "type")]`; `adjacent "type", "payload"` is
/// `#[serde(tag = "type", content = "payload")]`; `open` is `internal` with a unit variant `Unknown` for every name that is
/// not in a list `KNOWN`. The name of the plain form is given twice because attributes do not accept computed
/// text.
#[macro_export]
macro_rules! tagged_enum {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident = $text:literal, plain $plain:ident, $form:ident $tag:literal $(, $content:literal)?,
        $(units $units:tt,)?
        names $names:literal
        { $($body:tt)* }
    ) => {
        $(#[$attribute])*
        #[derive(serde::Serialize)]
        #[serde(tag = $tag, $(content = $content,)? rename_all = $names, rename_all_fields = "camelCase")]
        pub enum $name { $($body)* }

        #[derive(serde::Deserialize)]
        #[serde(remote = $text, rename_all = $names, rename_all_fields = "camelCase")]
        enum $plain { $($body)* }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                let plain = $crate::tagged_enum!(@ $form value, $tag $(, $content)? $(, $units)?)?;
                $plain::deserialize($crate::json::Reader(plain)).map_err(serde::de::Error::custom)
            }
        }
    };
    (@ internal $value:ident, $tag:literal, $units:tt) => {
        $crate::tagged::from_internal::<D::Error>($value, $tag, &$units)
    };
    (@ open $value:ident, $tag:literal, $units:tt) => {
        $crate::tagged::from_open::<D::Error>($value, $tag, &$units, &KNOWN)
    };
    (@ adjacent $value:ident, $tag:literal, $content:literal) => {
        $crate::tagged::from_adjacent::<D::Error>($value, $tag, $content)
    };
}

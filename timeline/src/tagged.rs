//! Tagged enums on the wire, read without serde's own machinery for them.
//!
//! serde reads `{"type": …, …}` and flattened fields through a buffer of its own, for which it writes a second copy of the
//! code that reads each type: a tenth of the Worker and of the client. A [`Value`] is such a buffer, too, and is there
//! already. So the types derive the plain form, `{"NAME": payload}`, and these two functions go between the forms.

use serde::de::Error;
use serde_json::{Map, Value};

use crate::json;

/// From `{tag: NAME, …fields}` to `{NAME: {…fields}}`; for a name of `units`, which have no fields, to `NAME`.
///
/// # Errors
/// Where the value is not an object with a tag.
pub fn from_internal<E: Error>(value: Value, tag: &'static str, units: &[&str]) -> Result<Value, E> {
    let (name, fields) = split(value, tag)?;
    if units.contains(&name.as_str()) {
        return Ok(Value::String(name));
    }
    Ok(json::object([(name, Value::Object(fields))]))
}

/// As [`from_internal`], with `unknown` for every name that is not `known`.
///
/// # Errors
/// Where the value is not an object with a tag.
pub fn from_open<E: Error>(value: Value, tag: &'static str, units: &[&str], known: &[&str]) -> Result<Value, E> {
    let is_known = value.get(tag).and_then(Value::as_str).is_none_or(|name| known.contains(&name));
    if is_known { from_internal(value, tag, units) } else { Ok(Value::String("unknown".to_owned())) }
}

/// From `{tag: NAME, content: payload}` to `{NAME: payload}`; other fields are left out.
///
/// # Errors
/// Where the value is not an object with both.
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

/// Defines an enum that is written tagged by serde and read by way of its plain form, as stated above.
///
/// `internal "type", units [..]` is `#[serde(tag = "type")]`; `adjacent "type", "payload"` is
/// `#[serde(tag = "type", content = "payload")]`; `open` is `internal` with a unit variant `Unknown` for every name that is
/// not in a list `KNOWN`. The name of the plain form is given twice, since attributes take no
/// computed text.
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

//! The tools of a request as JSON. They are the largest part of a request, and the same in nearly all of them, so they are written
//! once.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::Value;

use crate::ToolSpec;

/// Writes tools, and keeps what was written last.
pub(super) struct ToolTexts {
    /// The form in which the provider gets a tool.
    form: fn(&ToolSpec) -> Value,
    last: RefCell<Option<(Vec<ToolSpec>, Rc<str>)>>,
}

impl ToolTexts {
    pub(super) fn new(form: fn(&ToolSpec) -> Value) -> Self {
        Self { form, last: RefCell::default() }
    }

    /// A request as JSON, from its other fields and its tools. A list without tools is left out.
    ///
    /// `tools` is written as the last field. That is its place in a [`Value`], too, whose fields are sorted.
    pub(super) fn request(&self, fields: &Value, tools: &[ToolSpec]) -> String {
        let mut text = fields.to_string();
        if !tools.is_empty()
            && let Some('}') = text.pop()
        {
            text.push_str(",\"tools\":");
            text.push_str(&self.list(tools));
            text.push('}');
        }
        text
    }

    fn list(&self, tools: &[ToolSpec]) -> Rc<str> {
        let mut last = self.last.borrow_mut();
        match last.as_ref() {
            Some((known, text)) if known == tools => Rc::clone(text),
            _ => {
                let list: Value = tools.iter().map(self.form).collect();
                let text: Rc<str> = list.to_string().into();
                *last = Some((tools.to_vec(), Rc::clone(&text)));
                text
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::request;
    use crate::{request_body, run_input};

    #[test]
    fn a_request_is_the_same_with_tools_that_were_written_before() {
        let known = request();
        let mut other = request();
        other.tools[0].parameters = json!({"type": "object"}).into();
        let none = crate::ChatRequest { tools: Vec::new(), ..request() };
        let openai = ToolTexts::new(|tool| json!({"type": "function", "function": tool}));
        for request in [&known, &known, &other, &none, &known] {
            let whole = request_body("m", request);
            let mut fields = whole.clone();
            fields.as_object_mut().unwrap().remove("tools");
            assert_eq!(openai.request(&fields, &request.tools), whole.to_string());
        }
        let whole = run_input(&known);
        assert_eq!(whole.to_string().find("\"tools\""), whole.to_string().rfind("\"tools\""));
        assert_eq!(whole.as_object().unwrap().keys().next_back().unwrap(), "tools");
    }
}

"""WeCom customer service (微信客服): callback, pulling with a cursor, menus, its own desk."""

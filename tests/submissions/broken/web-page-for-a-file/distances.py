<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><p>Please sign in.</p></body></html>

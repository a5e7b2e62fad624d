import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Lesson } from './Lesson.jsx';

createRoot(document.querySelector('#app')).render(<StrictMode><Lesson /></StrictMode>);
